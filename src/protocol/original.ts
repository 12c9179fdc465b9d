/**
 * Requests that come in the dialect in which they go out: they pass as their clients wrote them, key
 * by key in its order, but for what the gateway changed.
 *
 * @module
 */
import type { CompletionRequest, Json, JsonObject } from "../domain/Completion.ts"
import type { DialectName } from "../domain/Message.ts"
import type { Call, Target } from "./Dialect.ts"

/** How a dialect keeps what a client wrote. */
export interface Keeping {
  readonly dialect: DialectName
  /** The fields that are read of a client's request: all others pass untouched. */
  readonly read: ReadonlySet<string>
  /** Of those the ones that are always the gateway's own, such as `model` and `stream`. */
  readonly own: ReadonlySet<string>
  /**
   * Of those the ones that pass just as they were written, or not, unless the gateway changed them:
   * though nothing could be read of them, as of a list of tools that are all the provider's own, and
   * though `encode` would say in more fields what they say. Default: none.
   */
  readonly kept?: ReadonlySet<string> | undefined
}

/** `encode`, but for a request whose client spoke the same dialect its own words. */
export const keeping = (
  { dialect, read, own, kept }: Keeping,
  encode: (request: CompletionRequest, target: Target) => Call
) =>
(request: CompletionRequest, target: Target): Call => {
  const call = encode(request, target)
  const { original } = request
  if (original?.dialect !== dialect) return call
  const { messages, parameters } = original
  const isChanged = request.messages !== messages || request.parameters !== parameters
  const before = isChanged ? encode({ ...request, messages, parameters }, target).body : call.body
  const body: Record<string, Json | undefined> = {}
  for (const [key, value] of Object.entries(original.body)) {
    if (!read.has(key)) body[key] = value
    else if (call.body[key] !== undefined) {
      const isOurs = own.has(key) || !isSame(before[key], call.body[key])
      body[key] = isOurs ? call.body[key] : value
    } else if (before[key] === undefined && kept?.has(key)) body[key] = value
  }
  for (const [key, value] of Object.entries(call.body)) {
    // What is not written need not be looked at: most fields of most requests.
    if (value === undefined || Object.hasOwn(body, key)) continue
    if (kept?.has(key) && isSame(before[key], value)) continue
    body[key] = value
  }
  return { ...call, body, headers: { ...original.headers, ...call.headers } }
}

/** Whether two fields of a body say the same, in the same order. */
export const isSame = (a: JsonObject[string], b: JsonObject[string]): boolean =>
  a === b || JSON.stringify(a) === JSON.stringify(b)
