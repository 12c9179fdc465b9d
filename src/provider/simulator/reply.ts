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

/** An answer in one piece; `cut` leaves out its end. */
export const whole = (script: Script, model: string, cut: boolean): Response => {
  const { pieces, toolCall, finishReason } = script
  const text = JSON.stringify({
    ...head(model, "chat.completion"),
    choices: [{
      index: 0,
      message: {
        role: "assistant",
        content: toolCall ? null : pieces.join(""),
        ...(toolCall ? { tool_calls: [call(toolCall)] } : {})
      },
      finish_reason: finishReason
    }],
    usage: usage(script)
  })
  return new Response(cut ? text.slice(0, text.length / 2) : text, {
    headers: { "content-type": "application/json" }
  })
}

/** An answer as events, each in bytes. */
export const events = (script: Script, model: string): ReadonlyArray<Uint8Array> => {
  const { pieces, toolCall, finishReason } = script
  const chunk = (delta: object, finish_reason: string | null = null) => ({
    ...head(model, "chat.completion.chunk"),
    choices: [{ index: 0, delta, finish_reason }]
  })
  const chunks: ReadonlyArray<object> = [
    ...pieces.map((content) => chunk({ content })),
    ...(toolCall ? [chunk({ tool_calls: [{ index: 0, ...call(toolCall) }] })] : []),
    chunk({}, finishReason),
    { ...head(model, "chat.completion.chunk"), choices: [], usage: usage(script) }
  ]
  return [...chunks.map((event) => JSON.stringify(event)), "[DONE]"].map((data) =>
    utf8.encode(`data: ${data}\n\n`)
  )
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

const usage = ({ promptTokens, pieces, toolCall }: Script) => {
  const completionTokens = pieces.length + (toolCall ? 8 : 0)
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens
  }
}
