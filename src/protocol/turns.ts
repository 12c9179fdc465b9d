/**
 * Conversations of two sides that speak in turns, as several dialects want them.
 *
 * @module
 */
import type { JsonObject } from "../domain/Completion.ts"
import type { Message } from "../domain/Message.ts"

/** What one side says before the other does. */
export interface Turn {
  readonly role: "user" | "assistant"
  readonly blocks: ReadonlyArray<JsonObject>
}

/** How messages are said in blocks; none where a message says nothing. */
export interface Blocks {
  readonly user: (message: Extract<Message, { readonly role: "user" }>) => Said
  readonly assistant: (message: Extract<Message, { readonly role: "assistant" }>) => Said
  readonly tool: (message: Extract<Message, { readonly role: "tool" }>) => Said
}

type Said = ReadonlyArray<JsonObject>

/**
 * All messages but the system's, in turns. Neighbours that speak for the same side are one turn, with
 * tool results first: they are looked for right behind the calls. A message that says nothing is left
 * out, since it is refused.
 */
export const inTurns = (
  messages: ReadonlyArray<Message>,
  { assistant, tool, user }: Blocks
): ReadonlyArray<Turn> => {
  const turns: Array<Draft> = []
  const say = (role: Turn["role"], place: "first" | "rest", blocks: Said) => {
    if (blocks.length === 0) return
    let turn = turns.at(-1)
    if (turn?.role !== role) turns.push(turn = { role, first: [], rest: [] })
    for (const block of blocks) turn[place].push(block)
  }
  for (const message of messages) {
    switch (message.role) {
      case "user":
        say("user", "rest", user(message))
        break
      case "tool":
        say("user", "first", tool(message))
        break
      case "assistant":
        say("assistant", "rest", assistant(message))
    }
  }
  return turns.map(({ role, first, rest }) => ({ role, blocks: [...first, ...rest] }))
}

interface Draft extends Pick<Turn, "role"> {
  /** These must stand before all else in the turn. */
  readonly first: Array<JsonObject>
  readonly rest: Array<JsonObject>
}
