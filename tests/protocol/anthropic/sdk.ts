/**
 * The official SDK, talking to a server of ours.
 *
 * @module
 */
import Anthropic from "@anthropic-ai/sdk"

/** Has the official SDK talk to a server on this machine that answers with `reply`. */
export const withSdk = async (
  reply: string,
  use: (sdk: Anthropic) => Promise<void>
): Promise<{ path: string; body: unknown }> => {
  let call: { path: string; body: unknown } | undefined
  const contentType = reply.startsWith("{") ? "application/json" : "text/event-stream"
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      call = { path: new URL(request.url).pathname, body: await request.json() }
      return new Response(reply, { headers: { "content-type": contentType } })
    }
  )
  try {
    await use(
      new Anthropic({
        apiKey: "sk-test",
        baseURL: `http://127.0.0.1:${server.addr.port}`,
        maxRetries: 0
      })
    )
  } finally {
    await server.shutdown()
  }
  return call!
}

/** The model that is asked. */
export const model = "claude-opus-4-8"

/** A least answer. */
export const message = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model,
  content: [{ type: "text", text: "Hi" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 1 }
}
