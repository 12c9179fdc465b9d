/**
 * What was measured in the last hour, in steps, so that any of its windows can be told.
 *
 * @module
 */
import { merge, type Sample, timings } from "../metrics/samples.ts"

/** What was measured from one moment to another, in monotonic milliseconds. */
interface Step {
  readonly from: number
  readonly to: number
  readonly samples: ReadonlyArray<Sample>
}

/** The measurements of the last hour; the clock is the caller's. */
export interface Ring {
  /** Adds to the step that is under way. */
  readonly add: (samples: ReadonlyArray<Sample>) => void
  /** Ends the step that is under way, and begins the next. */
  readonly close: (now: number) => void
  /** Everything since `from`, and from when on it really is: the beginning of a step. */
  readonly since: (from: number) => Since
}

/** What was measured since a moment. */
export interface Since {
  readonly from: number
  readonly samples: ReadonlyArray<Sample>
}

/** How long a step takes, in milliseconds. */
export const stepMs = 5000
/** How far back the ring goes, in milliseconds. */
export const longestMs = 3_600_000
/**
 * How much is kept, in buckets: some 16 MB. Beyond that, neighbouring steps of the older half are put
 * together: nothing is lost, but windows begin less exactly.
 */
const mostWeight = 2_000_000

/** An empty ring, that keeps no more than `most` buckets. */
export const make = (now: number, most = mostWeight): Ring => {
  /** Oldest first. */
  let steps: Array<Step> = []
  let open: ReadonlyArray<Sample> = []
  let since = now
  let weight = 0

  const coarsen = (): void => {
    const middle = Math.ceil(steps.length / 2)
    const older: Array<Step> = []
    for (let i = 0; i < middle; i += 2) {
      const [one, next] = steps.slice(i, Math.min(i + 2, middle))
      if (one && next) {
        const samples = merge([...one.samples, ...next.samples])
        older.push({ from: one.from, to: next.to, samples })
      } else if (one) older.push(one)
    }
    steps = [...older, ...steps.slice(middle)]
    weight = steps.reduce((sum, { samples }) => sum + weightOf(samples), 0)
  }

  return {
    add: (samples) => {
      if (samples.length > 0) open = merge([...open, ...samples])
    },
    close: (now) => {
      steps.push({ from: since, to: now, samples: open })
      weight += weightOf(open)
      open = []
      since = now
      while (steps[0] && steps[0].to <= now - longestMs) {
        weight -= weightOf(steps.shift()?.samples ?? [])
      }
      if (weight > most && steps.length > 2) coarsen()
    },
    since: (from) => {
      const within = steps.filter(({ to }) => to > from)
      return {
        from: within[0]?.from ?? since,
        samples: [...within.flatMap(({ samples }) => samples), ...open]
      }
    }
  }
}

/** An object weighs something too, however few buckets it has. */
const weightOf = (samples: ReadonlyArray<Sample>): number => {
  let weight = 0
  for (const { times } of samples) {
    weight += 16
    for (const timing of timings) weight += 32 + (times[timing]?.buckets.length ?? 0) / 2
  }
  return weight
}
