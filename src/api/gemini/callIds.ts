/**
 * Ids of function calls: Gemini's clients may leave them out, and everybody else needs them.
 *
 * @module
 */

/** Tells which result belongs to which call. */
export interface CallIds {
  /** The id of the next call, which may have been `given` one. */
  readonly called: (given: string | undefined, name: string) => string
  /**
   * The id of the call whose result comes next: of the one with the `given` id, else of the first of
   * that name without a result, else of the first at all.
   */
  readonly answered: (given: string | undefined, name: string) => string
}

interface Call {
  readonly id: string
  isAnswered: boolean
}

/** Calls in their order; those before `from` have their results. */
interface Queue {
  readonly calls: Array<Call>
  from: number
}

/** Starts with a conversation without calls. */
export const make = (): CallIds => {
  const all: Queue = { calls: [], from: 0 }
  const byName = new Map<string, Queue>()
  const byId = new Map<string, Call>()
  let made = 0
  return {
    called: (given, name) => {
      const call: Call = { id: given ?? `${prefix}${made++}`, isAnswered: false }
      const named = byName.get(name) ?? { calls: [], from: 0 }
      named.calls.push(call)
      byName.set(name, named)
      all.calls.push(call)
      // The latest counts: some clients count anew with every turn.
      byId.set(call.id, call)
      return call.id
    },
    answered: (given, name) => {
      const call = (given === undefined ? undefined : byId.get(given)) ??
        first(byName.get(name)) ?? (given === undefined ? first(all) : undefined)
      if (call === undefined) return given ?? name
      call.isAnswered = true
      return call.id
    }
  }
}

/** Each call is stepped over once, however many there are. */
const first = (queue: Queue | undefined): Call | undefined => {
  while (queue?.calls[queue.from]?.isAnswered) queue.from++
  return queue?.calls[queue.from]
}

/** Gemini is not sent back what begins so: it did not give it. */
const prefix = "call_made_"

/** An id as a client is told it: absent where the provider gave none, and it was made up for us. */
export const givenId = (id: string): string | undefined => madeUp.test(id) ? undefined : id

/** As made by Gemini's dialect, from the answer, the candidate and the call. */
const madeUp = /^call_(?:[\w-]{1,128}_)?\d+_\d+$/
