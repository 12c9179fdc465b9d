/**
 * The simulator's answers in the OpenAI dialect.
 *
 * @module
 */
import type { Script } from "./script.ts"

/** An error that the simulator was asked to have. */
export const error = (
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {}
): Response => {
  const message = "The simulator was asked to fail"
  return Response.json({ error: { message, type: code, code } }, { status, headers })
}

/** Answers in one piece; `cut` leaves out the end. */
export const whole = (
  scripts: ReadonlyArray<Script>,
  model: string,
  cut: boolean
): Response => {
  const text = JSON.stringify({
    ...head(model, "chat.completion"),
    choices: scripts.map(({ pieces, toolCall, finishReason }, index) => ({
      index,
      message: {
        role: "assistant",
        content: toolCall ? null : pieces.join(""),
        ...(toolCall ? { tool_calls: [call(toolCall)] } : {})
      },
      finish_reason: finishReason
    })),
    usage: usage(scripts)
  })
  return new Response(cut ? text.slice(0, text.length / 2) : text, {
    headers: { "content-type": "application/json" }
  })
}

/** Answers as events, each in bytes; they are written side by side. */
export const events = (
  scripts: ReadonlyArray<Script>,
  model: string
): ReadonlyArray<Uint8Array> => {
  const told = scripts.map((script, index) => choiceOf(script, index))
  const longest = Math.max(...told.map(({ length }) => length))
  const turns = Array.from(
    { length: longest },
    (_, at) => told.flatMap((choice) => choice[at] ?? [])
  )
  const chunks: ReadonlyArray<object> = [
    ...turns.flat().map((choice) => ({
      ...head(model, "chat.completion.chunk"),
      choices: [choice]
    })),
    { ...head(model, "chat.completion.chunk"), choices: [], usage: usage(scripts) }
  ]
  return [...chunks.map((event) => JSON.stringify(event)), "[DONE]"].map((data) =>
    utf8.encode(`data: ${data}\n\n`)
  )
}

/** What is told of one answer, in order. */
const choiceOf = (
  { pieces, toolCall, finishReason }: Script,
  index: number
): ReadonlyArray<object> => {
  const choice = (delta: object, finish_reason: string | null = null) => ({
    index,
    delta,
    finish_reason
  })
  return [
    ...pieces.map((content) => choice({ content })),
    ...(toolCall ? [choice({ tool_calls: [{ index: 0, ...call(toolCall) }] })] : []),
    choice({}, finishReason)
  ]
}

const utf8 = new TextEncoder()

const head = (model: string, type: string) => ({
  id: "chatcmpl-simulated",
  object: type,
  created: 0,
  model
})

const call = ({ id, name }: NonNullable<Script["toolCall"]>) => ({
  id,
  type: "function",
  function: { name, arguments: "{}" }
})

/** The prompt is read once. */
const usage = (scripts: ReadonlyArray<Script>) => {
  const promptTokens = scripts[0]?.promptTokens ?? 0
  const completionTokens = scripts.reduce(
    (sum, { pieces, toolCall }) => sum + pieces.length + (toolCall ? 8 : 0),
    0
  )
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens
  }
}
