/**
 * The load generator: keep-alive connections on raw sockets, each with one request at a time, and no
 * more parsing than tells a good answer from a bad one. Takes a `LoadPlan` as JSON in its first argument
 * and prints a `LoadResult`.
 *
 * @module
 */
import { Buffer } from "node:buffer"
import type { LoadPlan, LoadResult } from "./LoadPlan.ts"

/** What a stalled gateway costs at most. */
const patience = 30_000

const load: LoadPlan = JSON.parse(Deno.args[0]!)
const request = Buffer.from([
  `POST ${load.path} HTTP/1.1`,
  `host: 127.0.0.1:${load.port}`,
  "content-type: application/json",
  ...Object.entries(load.headers).map(([name, value]) => `${name}: ${value}`),
  `content-length: ${Buffer.byteLength(load.body)}`,
  "",
  load.body
].join("\r\n"))

const latencies: Array<number> = []
let started = 0
let completed = 0
let failed = 0
let failure: string | undefined

/** One whole answer; `latency` is to its first event, or to its end. */
interface Answer {
  readonly good: boolean
  readonly latency: number
  readonly start: string
}

const lastChunk = Buffer.from("\r\n0\r\n\r\n")

const exchange = async (conn: Deno.Conn, buffer: Buffer): Promise<Answer> => {
  const sent = performance.now()
  for (let at = 0; at < request.length;) at += await conn.write(request.subarray(at))
  let start = ""
  let end = -1
  let length = -1
  let received = 0
  let events = 0
  let first = 0
  let tail = Buffer.alloc(0)
  for (;;) {
    const read = await conn.read(buffer)
    if (read === null) return { good: false, latency: 0, start: start || "connection closed" }
    const piece = buffer.subarray(0, read)
    received += read
    if (end < 0) {
      start += piece.toString("latin1")
      end = start.indexOf("\r\n\r\n")
      if (end < 0) continue
      length = Number(/\r\ncontent-length: *(\d+)/i.exec(start)?.[1] ?? -1)
    }
    if (load.events > 0) {
      if (Buffer.concat([tail.subarray(-5), piece.subarray(0, 5)]).includes("data: ")) events++
      for (let at = -1; (at = piece.indexOf("data: ", at + 1)) >= 0;) events++
      if (first === 0 && events > 0) first = performance.now()
    }
    tail = Buffer.concat([tail, piece.subarray(-32)]).subarray(-32)
    if (length >= 0 ? received < end + 4 + length : !tail.subarray(-7).equals(lastChunk)) continue
    const whole = load.events === 0 || events >= load.events && tail.includes(load.ending)
    return {
      good: start.startsWith("HTTP/1.1 200") && whole,
      latency: (load.events > 0 ? first : performance.now()) - sent,
      start
    }
  }
}

const from = performance.now()
const until = from + load.seconds * 1000

const worker = async () => {
  const buffer = Buffer.alloc(64 * 1024)
  let conn: Deno.TcpConn | undefined
  while (performance.now() < until && started < load.requests) {
    started++
    try {
      if (conn === undefined) {
        conn = await Deno.connect({ hostname: "127.0.0.1", port: load.port })
        conn.setNoDelay(true)
      }
      const { good, latency, start } = await exchange(conn, buffer)
      if (good) {
        completed++
        latencies.push(latency)
        continue
      }
      failed++
      failure ??= start.slice(0, 300)
    } catch (error) {
      failed++
      failure ??= String(error)
    }
    conn?.close()
    conn = undefined
  }
  conn?.close()
}

const giveUp = setTimeout(() => {
  console.log(JSON.stringify(result(`no answer within ${patience / 1000} s`)))
  Deno.exit(0)
}, load.seconds * 1000 + patience)

const result = (last = failure): LoadResult => {
  const sorted = Float64Array.from(latencies).sort()
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? NaN
  return {
    seconds: (performance.now() - from) / 1000,
    completed,
    failed: started - completed,
    failure: last,
    p50: at(0.5),
    p99: at(0.99)
  }
}

await Promise.all(Array.from({ length: load.concurrency }, worker))
clearTimeout(giveUp)
console.log(JSON.stringify(result()))
