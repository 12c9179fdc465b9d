/**
 * Where things stood in the client's own request: the gateway counts messages otherwise than clients.
 *
 * @module
 */
import { GatewayError, type Issue } from "../domain/GatewayError.ts"
import type { Message } from "../domain/Message.ts"

/** Where a place in the gateway's request is in the client's own. */
export type PathOf = (path: Issue["path"]) => Issue["path"]

/** Where messages, and their parts, stood. */
export type Places = Map<object, Issue["path"]>

/** Where a place in `messages` was; `whole` is what the client calls all of them. */
export const placeIn =
  (messages: ReadonlyArray<Message>, places: Places, whole: string): PathOf => (path) => {
    const [first, at, field, index] = path
    if (first !== "messages") return path
    const message = typeof at === "number" ? messages[at] : undefined
    if (message === undefined) return [whole]
    const part = field === "content" && typeof index === "number"
      ? message.content[index]
      : undefined
    return (part && places.get(part)) ?? places.get(message) ?? [whole]
  }

/** The error with each place told as it is in the client's own request. */
export const inPlace = (pathOf: PathOf) => (error: GatewayError): GatewayError => {
  const { reason } = error
  if (reason._tag !== "InvalidRequest" || reason.issues.length === 0) return error
  // What is in the client's words alone is told by its own place anyway.
  if (reason.kind === "unsupported_content") return error
  const issues = reason.issues.map((issue) => ({ ...issue, path: pathOf(issue.path) }))
  return new GatewayError({ reason: { ...reason, issues } })
}
