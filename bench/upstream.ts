/**
 * The provider behind every gateway of the benchmark, as cheap as it can be: answers are bytes made
 * beforehand. A prompt that holds `events=N pace=M` says how many content events a stream has and how
 * many milliseconds lie between them; at pace 0 they all come at once, one HTTP chunk each.
 *
 * @module
 */
import { Buffer } from "node:buffer"

const head = (type: string, framing: string) =>
  `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\n${framing}\r\n\r\n`

const json = JSON.stringify({
  id: "chatcmpl-bench",
  object: "chat.completion",
  created: 1770933892,
  model: "gpt-4o-mini",
  choices: [{
    index: 0,
    message: {
      role: "assistant",
      content: "The quick brown fox jumps over the lazy dog. ".repeat(8)
    },
    logprobs: null,
    finish_reason: "stop"
  }],
  usage: { prompt_tokens: 16, completion_tokens: 80, total_tokens: 96 }
})
const whole = Buffer.from(head("application/json", `content-length: ${json.length}`) + json)

const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`
const event = (choices: unknown, rest: object = {}) =>
  chunk(`data: ${
    JSON.stringify({
      id: "chatcmpl-bench",
      object: "chat.completion.chunk",
      created: 1770933892,
      model: "gpt-4o-mini",
      choices,
      ...rest
    })
  }\n\n`)
const delta = (delta: object, finish: string | null = null) => [{
  index: 0,
  delta,
  logprobs: null,
  finish_reason: finish
}]

const opening = head("text/event-stream", "transfer-encoding: chunked") +
  event(delta({ role: "assistant", content: "" }))
const content = event(delta({ content: " token" }))
const closing = (events: number) =>
  event(delta({}, "stop")) +
  event([], {
    usage: { prompt_tokens: 16, completion_tokens: events, total_tokens: 16 + events }
  }) +
  chunk("data: [DONE]\n\n") + "0\r\n\r\n"

const saturated = new Map<number, Uint8Array>()
const saturatedStream = (events: number): Uint8Array => {
  const ready = saturated.get(events)
  if (ready) return ready
  const made = Buffer.from(opening + content.repeat(events) + closing(events))
  saturated.set(events, made)
  return made
}

const writeAll = async (conn: Deno.Conn, bytes: Uint8Array) => {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at))
}

const contentBytes = Buffer.from(content)

/** After its first event, each stream goes on at its own moment within a period, as independent ones do. */
const paced = async (conn: Deno.Conn, events: number, pace: number) => {
  await writeAll(conn, Buffer.from(opening + content))
  await new Promise((start) => setTimeout(start, Math.random() * pace))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let sent = 1
  const timer = setInterval(() => {
    if (sent++ === events) resolve()
    else writeAll(conn, contentBytes).catch(reject)
  }, pace)
  await promise.finally(() => clearInterval(timer))
  await writeAll(conn, Buffer.from(closing(events)))
}

const serve = async (conn: Deno.TcpConn) => {
  conn.setNoDelay(true)
  const buffer = Buffer.alloc(64 * 1024)
  try {
    for (;;) {
      let length = 0
      let end = -1
      let total = Infinity
      while (length < total) {
        const read = await conn.read(buffer.subarray(length))
        if (read === null) return
        length += read
        if (end >= 0) continue
        end = buffer.subarray(0, length).indexOf("\r\n\r\n")
        if (end < 0) continue
        const size = /content-length: *(\d+)/i.exec(buffer.toString("latin1", 0, end))
        total = end + 4 + Number(size?.[1] ?? 0)
      }
      const body = buffer.toString("latin1", end + 4, total)
      if (!/"stream": *true/.test(body)) {
        await writeAll(conn, whole)
        continue
      }
      const [, events = "100", pace = "0"] = /events=(\d+) pace=(\d+)/.exec(body) ?? []
      if (pace === "0") await writeAll(conn, saturatedStream(Number(events)))
      else await paced(conn, Number(events), Number(pace))
    }
  } catch {
    // The gateway left: not this process's business.
  } finally {
    conn.close()
  }
}

for await (const conn of Deno.listen({ hostname: "127.0.0.1", port: Number(Deno.args[0]) })) {
  serve(conn)
}
