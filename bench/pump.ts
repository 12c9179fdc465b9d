/**
 * The best hand-written translation of a stream that was found: an async pull over one BYOB buffer
 * that is used again and again, each event parsed, mapped to the native shape, counted and written.
 * No effects, no deadlines, no fallback, no ledger: what Penstock's events are compared with.
 *
 * @module
 */
const [port, upstream] = Deno.args
const utf8 = new TextEncoder()

interface Usage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
}

/** What is noted down of a stream: the least that a gateway has to know. */
interface Notes {
  firstTokenAt: number
  characters: number
  finish: string | null
  usage: Usage | null
}

/** One upstream event as a native one; empty for an event that has nothing for the client. */
const translate = (id: string, data: string, notes: Notes): string => {
  if (data === "[DONE]") {
    const { finish, usage } = notes
    const last = { id, choices: [{ index: 0, delta: {}, finish_reason: finish }], usage }
    return `data: ${JSON.stringify(last)}\n\ndata: [DONE]\n\n`
  }
  const event = JSON.parse(data)
  if (event.usage) notes.usage = event.usage
  const choice = event.choices[0]
  if (choice === undefined) return ""
  if (choice.finish_reason) notes.finish = choice.finish_reason
  const content = choice.delta.content
  if (!content) return ""
  if (notes.firstTokenAt === 0) notes.firstTokenAt = performance.now()
  notes.characters += content.length
  return `data: ${JSON.stringify({ id, choices: [{ index: 0, delta: { content } }] })}\n\n`
}

const pump = (body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> => {
  const id = crypto.randomUUID()
  const notes: Notes = { firstTokenAt: 0, characters: 0, finish: null, usage: null }
  const reader = body.getReader({ mode: "byob" })
  const decoder = new TextDecoder()
  let buffer = new ArrayBuffer(8192)
  let rest = ""
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        const { value, done } = await reader.read(new Uint8Array(buffer))
        if (done) return controller.close()
        let out = ""
        rest += decoder.decode(value, { stream: true })
        buffer = value.buffer
        let from = 0
        for (let end; (end = rest.indexOf("\n\n", from)) >= 0; from = end + 2) {
          if (rest.startsWith("data: ", from)) {
            out += translate(id, rest.slice(from + 6, end), notes)
          }
        }
        rest = rest.slice(from)
        if (out !== "") return controller.enqueue(utf8.encode(out))
      }
    },
    cancel: (reason) => reader.cancel(reason)
  })
}

Deno.serve({ hostname: "127.0.0.1", port: Number(port), onListen: () => {} }, async (request) => {
  const { pathname } = new URL(request.url)
  const asked = await request.json()
  const answer = await fetch(`${upstream}${pathname}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer x" },
    body: JSON.stringify(asked),
    signal: request.signal
  })
  if (asked.stream && answer.body) {
    return new Response(pump(answer.body), { headers: { "content-type": "text/event-stream" } })
  }
  const { model, choices, usage } = await answer.json()
  return Response.json({ id: crypto.randomUUID(), model, choices, usage })
})
