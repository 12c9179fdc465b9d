/**
 * Load on a gateway over real sockets: a provider that takes its time, and callers in numbers.
 *
 * @module
 */
import * as Effect from "effect/Effect"

/** A provider of OpenAI's dialect that answers once `pause` is over, whoever asks and however many. */
export const slowProvider = (pause: () => Promise<void>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      let [calls, underWay, most] = [0, 0, 0]
      const server = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen: () => {} },
        async (request) => {
          await request.body?.cancel()
          calls++
          most = Math.max(most, ++underWay)
          await pause()
          underWay--
          return new Response(answer, { headers: { "content-type": "application/json" } })
        }
      )
      return {
        url: `http://127.0.0.1:${server.addr.port}/v1`,
        calls: () => calls,
        /** The most calls at once. */
        most: () => most,
        server
      }
    }),
    ({ server }) => Effect.promise(() => server.shutdown())
  )

const answer = JSON.stringify({
  choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 1 }
})

/** How one request went. */
export interface Reply {
  /** 0 where there was no answer within 10 s; `text` then says why. */
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** From its beginning to the end of its answer, in milliseconds. */
  readonly ms: number
  /** When it ended, as `performance.now()`. */
  readonly at: number
}

/** Sends one request; it never rejects. */
export type Send = () => Promise<Reply>

/** Makes requests to a URL, over connections that are kept until the scope closes. */
export const sender = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => Deno.createHttpClient({ poolMaxIdlePerHost: 5000 })),
    (client) => Effect.sync(() => client.close())
  ),
  (client) => (url: string, headers: Readonly<Record<string, string>>, body?: object): Send => {
    const init = body
      ? {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify(body)
      }
      : { headers: { ...headers } }
    const ask = async () => {
      const response = await fetch(url, { ...init, client, signal: AbortSignal.timeout(10_000) })
      return { status: response.status, headers: response.headers, text: await response.text() }
    }
    return async () => {
      const from = performance.now()
      const reply = await ask().catch((cause) => ({
        status: 0,
        headers: new Headers(),
        text: String(cause)
      }))
      const at = performance.now()
      return { ...reply, ms: at - from, at }
    }
  }
)

/**
 * `callers` who each ask again once they are answered, for `seconds`. Whoever is refused pauses for
 * `pauseMs` before that.
 */
export const closedLoop = async (
  send: Send,
  callers: number,
  seconds: number,
  pauseMs = 0
): Promise<ReadonlyArray<Reply>> => {
  const until = performance.now() + seconds * 1000
  const replies: Array<Reply> = []
  const caller = async () => {
    while (performance.now() < until) {
      const reply = await send()
      replies.push(reply)
      if (reply.status !== 200) await sleep(pauseMs)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return replies
}

/** Requests that come at `perSecond` for `seconds`, however those before them fare. */
export const openLoop = async (
  send: Send,
  perSecond: number,
  seconds: number
): Promise<ReadonlyArray<Reply>> => {
  const from = performance.now()
  const sent: Array<Promise<Reply>> = []
  for (let passed = 0; passed < seconds;) {
    await sleep(5)
    passed = Math.min(seconds, (performance.now() - from) / 1000)
    while (sent.length < Math.floor(passed * perSecond)) sent.push(send())
  }
  return await Promise.all(sent)
}

/** What `look` finds every `ms` while `work` goes on, however long it looks. */
export const meanwhile = async <A, B>(
  work: Promise<A>,
  ms: number,
  look: () => Promise<B>
): Promise<readonly [A, ReadonlyArray<B>]> => {
  const found: Array<Promise<B>> = []
  const watch = setInterval(() => {
    const one = look()
    // Told at the end.
    one.catch(() => {})
    found.push(one)
  }, ms)
  const done = await work.finally(() => clearInterval(watch))
  return [done, await Promise.all(found)]
}

/** Answers a second among those that ended within `seconds` from `from` on, as `performance.now()`. */
export const goodput = (replies: ReadonlyArray<Reply>, from: number, seconds: number): number => {
  const ended = replies.filter(({ status, at }) =>
    status === 200 && at >= from && at < from + seconds * 1000
  )
  return ended.length / seconds
}

/** The value that so large a `share` of the values does not exceed. */
export const percentile = (values: ReadonlyArray<number>, share: number): number =>
  values.toSorted((one, other) => one - other)[Math.ceil(values.length * share) - 1] ?? NaN

/** Waits in real time. */
export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
