/**
 * Puts together the turns of a conversation whose items come one by one.
 *
 * @module
 */
import type { Message, Part, Reasoning, ToolCall } from "../../../domain/Message.ts"

/** A conversation that is being read, oldest item first. */
export interface Conversation {
  /** Anything that the assistant did not say. */
  readonly add: (message: Exclude<Message, { readonly role: "assistant" }>) => void
  readonly think: (block: Reasoning) => void
  readonly say: (content: ReadonlyArray<Part>) => void
  readonly call: (call: ToolCall) => void
  /** All turns so far. */
  readonly messages: () => ReadonlyArray<Message>
}

interface Turn {
  readonly role: "assistant"
  readonly content: Array<Part>
  readonly reasoning: Array<Reasoning>
  readonly toolCalls: Array<ToolCall>
}

/**
 * An empty conversation. What the assistant thought, said and called in a row is one turn, up to its
 * tool calls, whose results must follow; where it thought or spoke again before it called any tool,
 * the turn is split there, so that the order of its thoughts is kept.
 */
export const make = (): Conversation => {
  const messages: Array<Message> = []
  let turns: Array<Turn> = []

  const begin = (): Turn => {
    const turn: Turn = { role: "assistant", content: [], reasoning: [], toolCalls: [] }
    turns.push(turn)
    return turn
  }
  const current = (): Turn => {
    const turn = turns.at(-1)
    const isOver = turn && turn.content.length > 0 && turn.toolCalls.length === 0
    return turn === undefined || isOver ? begin() : turn
  }
  const end = () => {
    const [before, last] = turns.slice(-2)
    // A thought that nothing comes of belongs to what was said before it.
    if (before && last?.content.length === 0 && last.toolCalls.length === 0) {
      before.reasoning.push(...last.reasoning)
      turns.pop()
    }
    messages.push(...turns)
    turns = []
  }

  return {
    add: (message) => {
      end()
      messages.push(message)
    },
    think: (block) => {
      current().reasoning.push(block)
    },
    say: (content) => {
      current().content.push(...content)
    },
    call: (call) => {
      const turn = turns.at(-1) ?? begin()
      turn.toolCalls.push(call)
    },
    messages: () => {
      end()
      return messages
    }
  }
}
