import { assert, assertEquals } from "@std/assert"
import { empty } from "../../../src/telemetry/metrics/Distribution.ts"
import { longestMs, make, stepMs } from "../../../src/telemetry/window/Ring.ts"
import type { Sample } from "../../../src/telemetry/metrics/samples.ts"

/** A request that took as long as the bucket says. */
const sample = (bucket: number): Sample => ({
  provider: "openai",
  model: "gpt-4",
  ending: "answered",
  times: {
    duration: { ...empty, count: 1, sum: 1, min: 1, max: 1, buckets: Int32Array.of(bucket, 1) }
  },
  tokens: 1
})

const requests = (samples: ReadonlyArray<Sample>) =>
  samples.reduce((sum, { times }) => sum + (times.duration?.count ?? 0), 0)

Deno.test("an hour is kept in steps, and no more than that", () => {
  const ring = make(0)
  for (let at = stepMs; at <= 2 * longestMs; at += stepMs) {
    ring.add([sample(at / stepMs)])
    ring.close(at)
  }
  const { from, samples } = ring.since(0)
  assertEquals([from, requests(samples)], [longestMs, longestMs / stepMs])
  const last = ring.since(2 * longestMs - 60_000)
  assertEquals([last.from, requests(last.samples)], [2 * longestMs - 60_000, 12])
})

Deno.test("what is over belongs to a window before its step is", () => {
  const ring = make(1000)
  ring.add([sample(1)])
  ring.add([sample(2), sample(1)])
  const { from, samples } = ring.since(3000)
  assertEquals([from, samples.length, requests(samples)], [1000, 1, 3])
  assertEquals([...samples[0]!.times.duration!.buckets], [1, 2, 2, 1])
})

Deno.test("where there is too much, old steps are put together, and nothing is lost", () => {
  const most = 10_000
  const ring = make(0, most)
  const steps = longestMs / stepMs
  for (let step = 1; step <= steps; step++) {
    ring.add([sample(step)])
    ring.close(step * stepMs)
  }
  const { samples } = ring.since(0)
  assertEquals(requests(samples), steps)
  assert(samples.length < 100)
  // The latest are still in steps of their own.
  const { from } = ring.since((steps - 3) * stepMs)
  assertEquals(from, (steps - 3) * stepMs)
})
