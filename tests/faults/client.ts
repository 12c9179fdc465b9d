/**
 * What a client of the gateway sees, whole or streamed, and whether it is what a row says.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert"
import type { Refusal, Seen } from "./Row.ts"

/** A response, read to its end. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** What a client should see. */
export interface Expected {
  readonly seen: Seen
  readonly streamed: boolean
  /** The model that was asked for. */
  readonly model: string
  /** The one that answers. Default: the same. */
  readonly served?: string
  /** How often a provider was asked, as far as that was known when the answer began. */
  readonly attempts: number
}

/** Checks that `reply` is what a client should see. */
export const check = (reply: Reply, wanted: Expected): void => {
  const { seen: expected, streamed, model, served = model, attempts } = wanted
  assertEquals(reply.headers.get("x-penstock-attempts"), String(attempts), reply.text.slice(0, 300))
  if (expected.kind === "refusal") return checkRefusal(reply, expected, model)
  assertEquals(reply.headers.get("x-should-retry"), null)
  assertEquals(reply.status, 200, reply.text.slice(0, 300))
  if (!streamed) {
    assertEquals(reply.headers.get("content-type"), "application/json")
    const body = JSON.parse(reply.text)
    assertEquals(body.id, reply.headers.get("x-request-id"))
    assertEquals(body.model, served)
    const [{ message, finish_reason }, ...others] = body.choices
    assertEquals(others, [])
    assertEquals(message.content, expected.text)
    // A whole answer cannot be broken off.
    assertEquals(finish_reason, expected.kind === "good" && expected.finish)
    return
  }
  assertMatch(reply.headers.get("content-type") ?? "", /^text\/event-stream/)
  const lines = reply.text.split("\n")
  assert(lines.every((line) => line === "" || /^(data: |:)/.test(line)), "Only data and comments")
  const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6))
  const isDone = data.at(-1) === "[DONE]"
  const events = (isDone ? data.slice(0, -1) : data).map((line) => JSON.parse(line))
  for (const { id, choices } of events) {
    assertEquals(id, reply.headers.get("x-request-id"))
    assert(choices.length > 0, "No event is without a choice")
  }
  const content = events.map(({ choices }) => choices[0].delta.content ?? "").join("")
  const last = events.at(-1)
  const finishes = events.flatMap(({ choices }) => choices[0].finish_reason ?? [])
  assert(content === expected.text, `Content is ${shown(content)}, not ${shown(expected.text)}`)
  if (expected.kind === "good") {
    assert(isDone, "No [DONE]")
    assertEquals(finishes, [expected.finish])
    assertEquals(events.flatMap(({ error }) => error ?? []), [])
    assertEquals([last.choices[0].finish_reason, last.model], [expected.finish, served])
    return
  }
  assert(!isDone, "[DONE] though the answer is not whole")
  assertEquals(finishes, [], "Finished though the answer is not whole")
  const { code, details, request_id } = last.error
  assertEquals([code, details.model, details.reason, details.fault, request_id], [
    "MODEL_UNAVAILABLE",
    model,
    expected.reason,
    expected.fault,
    reply.headers.get("x-request-id")
  ])
  if (expected.keptAlive) assert(lines.includes(": keep-alive"), "Not kept alive")
}

const checkRefusal = ({ status, headers, text }: Reply, expected: Refusal, model: string) => {
  assertEquals(headers.get("content-type"), "application/json", text.slice(0, 300))
  const { error, ...rest } = JSON.parse(text)
  assertEquals(rest, {}, "Only the error is in the body")
  const { code, message, details, request_id, ...more } = error
  assertEquals(more, {}, "Only known fields are in the error")
  const { reason, fault, retry_after, ...other } = details
  assertEquals(
    { status, code, reason, fault },
    {
      status: expected.status,
      code: expected.code,
      reason: expected.reason,
      fault: expected.fault
    },
    `It says ${message}`
  )
  assertEquals(other, { model })
  assertEquals(request_id, headers.get("x-request-id"))
  assertMatch(message, /^[\x20-\x7e…]{10,300}$/)
  assertEquals(headers.get("www-authenticate"), null, "The client's own key is not at fault")
  const { retryAfter, isFinal } = expected
  assertEquals(headers.get("x-should-retry"), isFinal ? "false" : null)
  if (typeof retryAfter === "object") {
    const [least, most] = retryAfter
    assert(least <= retry_after && retry_after <= most, `retry_after is ${retry_after}`)
  } else assertEquals(retry_after, retryAfter)
  assertEquals(headers.get("retry-after"), retry_after === undefined ? null : String(retry_after))
}

const shown = (text: string): string => `${text.length}: ${JSON.stringify(text.slice(0, 80))}`
