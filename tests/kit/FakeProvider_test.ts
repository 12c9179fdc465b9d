import Anthropic from "@anthropic-ai/sdk"
import { GoogleGenAI } from "@google/genai"
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "./effect.ts"
import * as Fake from "./FakeProvider.ts"
import OpenAI from "openai"

const openai = (url: string, stream: boolean, signal?: AbortSignal) =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "gpt-fake", stream, stream_options: { include_usage: true } }),
    redirect: "manual",
    ...(signal ? { signal } : {})
  })

const anthropic = (url: string, stream: boolean) =>
  fetch(`${url}/v1/messages`, {
    method: "POST",
    body: JSON.stringify({ model: "claude-fake", stream })
  })

const gemini = (url: string, method: string) =>
  fetch(`${url}/v1beta/models/gemini-fake:${method}`, { method: "POST", body: "{}" })

/** A test of what a client sees of one script. */
const seen = (
  name: string,
  script: Fake.Script,
  look: (url: string, provider: Fake.FakeProvider) => Promise<void>
) =>
  liveTest(name, () =>
    Effect.gen(function* () {
      const provider = yield* Fake.start({ respond: script })
      yield* Effect.promise(() => look(provider.url, provider))
    }))

const greeting = Fake.answer({ text: "Good day", usage: { prompt: 7, completion: 2, cached: 3 } })

/** The texts of the data lines of a stream. */
const dataOf = (body: string): ReadonlyArray<string> =>
  body.split("\n\n").filter((event) => event !== "").map((event) => event.replace(/^data: /, ""))

seen("An OpenAI call is answered whole, and recorded", greeting, async (url, provider) => {
  const body = await (await openai(url, false)).json()
  assertEquals(body.choices[0].message.content, "Good day")
  assertEquals(body.usage.prompt_tokens_details.cached_tokens, 3)
  assertEquals(provider.calls.map(({ dialect, model, stream }) => ({ dialect, model, stream })), [
    { dialect: "openai", model: "gpt-fake", stream: false }
  ])
})

seen("An OpenAI stream has its pieces, its usage and [DONE]", greeting, async (url) => {
  const events = dataOf(await (await openai(url, true)).text())
  assertEquals(events.at(-1), "[DONE]")
  const chunks = events.slice(0, -1).map((data) => JSON.parse(data))
  assertEquals(chunks.map(({ choices }) => choices[0]?.delta.content), [
    "",
    "Good",
    " day",
    undefined,
    undefined
  ])
  assertEquals(chunks.at(-1).usage.total_tokens, 9)
})

seen("An Anthropic call is answered whole", greeting, async (url) => {
  const body = await (await anthropic(url, false)).json()
  assertEquals(body.content, [{ type: "text", text: "Good day" }])
  assertEquals(body.usage.input_tokens + body.usage.cache_read_input_tokens, 7)
})

seen("An Anthropic stream names its events", greeting, async (url) => {
  const text = await (await anthropic(url, true)).text()
  assertEquals(text.match(/(?<=^event: ).*/gm), [
    "message_start",
    "content_block_start",
    "ping",
    "content_block_delta",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop"
  ])
})

seen("A Gemini call is answered whole", greeting, async (url, provider) => {
  const body = await (await gemini(url, "generateContent")).json()
  assertEquals(body.candidates[0].content.parts, [{ text: "Good day" }])
  assertEquals(provider.calls[0]!.model, "gemini-fake")
})

seen("A Gemini stream is events where asked for, else one array", greeting, async (url) => {
  const events = dataOf(await (await gemini(url, "streamGenerateContent?alt=sse")).text())
  const array = await (await gemini(url, "streamGenerateContent")).json()
  assertEquals(events.length, 3)
  assertEquals(array.length, 3)
})

seen("Models are listed, and strays are told", greeting, async (url, provider) => {
  assertEquals((await (await fetch(`${url}/v1/models`)).json()).data[0].id, "fake-model")
  const listed = await (await fetch(`${url}/v1beta/models`)).json()
  assertEquals(listed.models[0].name, "models/fake-model")
  assertEquals(await fetch(`${url}/v1/nothing`).then((r) => (r.body?.cancel(), r.status)), 404)
  assertEquals([provider.probes.length, provider.strays.length, provider.calls.length], [2, 1, 0])
})

seen("A failure has the dialect's own status and words", Fake.fail("overloaded"), async (url) => {
  const response = await anthropic(url, true)
  assertEquals(response.status, 529)
  assertEquals((await response.json()).error.type, "overloaded_error")
})

liveTest("Calls can be treated in turn, on one kept connection", () =>
  Effect.gen(function* () {
    const provider = yield* Fake.start({
      respond: Fake.sequence(Fake.fail("server"), Fake.answer())
    })
    const statuses = yield* Effect.promise(async () => {
      const first = await openai(provider.url, false).then((r) => r.text().then(() => r.status))
      const second = await openai(provider.url, false).then((r) => r.text().then(() => r.status))
      return [first, second]
    })
    assertEquals(statuses, [500, 200])
    assertEquals(provider.opened(), 1)
    assertEquals(provider.calls[1]!.nthOnConnection, 2)
  }))

for (const script of [Fake.reset, Fake.hangUp, Fake.sshBanner]) {
  seen(`No answer comes of: ${script.name}`, script, async (url) => {
    await assertRejects(() => openai(url, false), TypeError)
  })
}

for (const by of ["cut", "reset"] as const) {
  seen(
    `A stream is broken after two pieces: ${by}`,
    Fake.answer({ breaks: { after: 2, by } }),
    async (url) => {
      const response = await openai(url, true)
      let text = ""
      await assertRejects(async () => {
        for await (const part of response.body!.pipeThrough(new TextDecoderStream())) text += part
      }, TypeError)
      assertEquals(dataOf(text).map((data) => JSON.parse(data).choices[0].delta.content), [
        "",
        "Hello,",
        " dear"
      ])
    }
  )
}

for (const transfer of ["chunked", "content-length"] as const) {
  const script = Fake.answer({ transfer, breaks: { after: 0, by: "cut" } })
  seen(`A whole answer is cut short: ${transfer}`, script, async (url) => {
    const response = await openai(url, false)
    await assertRejects(() => response.text(), TypeError)
  })
}

const unframed = Fake.answer({ transfer: "close-delimited", breaks: { after: 0, by: "cut" } })
seen("A cut is a clean end where the connection's end is the body's", unframed, async (url) => {
  const text = await (await openai(url, false)).text()
  assertMatch(text, /^\{"id":/)
  assert(!text.endsWith("}"))
})

seen(
  "A stream can end early, cleanly",
  Fake.answer({ breaks: { after: 1, by: "end" } }),
  async (url) => {
    assertEquals(dataOf(await (await openai(url, true)).text()).length, 2)
  }
)

seen(
  "An error can be the first event",
  Fake.answer({ breaks: { after: 0, by: "error" } }),
  async (url) => {
    const events = dataOf(await (await openai(url, true)).text())
    assertEquals(events.length, 2)
    assert(JSON.parse(events[1]!).error)
  }
)

const odd = Fake.answer({
  text: "é 春\u2028x",
  split: 3,
  framing: { lineEnd: "\r\n", bom: true, comments: true, multiLine: true }
})
seen("A stream can be framed oddly and split anywhere", odd, async (url) => {
  const response = await anthropic(url, true)
  let most = 0
  const bytes = []
  for await (const piece of response.body!) {
    most = Math.max(most, piece.length)
    bytes.push(...piece)
  }
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array(bytes))
  assertEquals(most, 3)
  assertMatch(text, /^\ufeff: PROCESSING\r\nevent: message_start\r\ndata: \{\r\ndata: {2}"type"/)
  assert(text.includes("春"))
})

for (const [asked, shape] of [[true, "json"], [false, "stream"]] as const) {
  seen(
    `The form can be another than was asked for: ${shape}`,
    Fake.answer({ shape }),
    async (url) => {
      const response = await openai(url, asked)
      assertMatch(response.headers.get("content-type")!, shape === "json" ? /json/ : /event-stream/)
      await response.text()
    }
  )
}

seen("A gzip bomb unpacks to what it says", Fake.gzipBomb(3_000_000), async (url) => {
  const response = await openai(url, false)
  assertEquals((await response.json()).x.length, 3_000_000 - 8)
})

seen("Corrupt gzip cannot be unpacked", Fake.corruptGzip, async (url) => {
  const response = await openai(url, false)
  await assertRejects(() => response.text(), TypeError)
})

seen("A huge body is as long as it says", Fake.hugeBody(3_000_000), async (url) => {
  assertEquals((await (await openai(url, false)).text()).length, 3_000_000)
})

seen("Odd statuses are sent as they are", Fake.status(999), async (url, provider) => {
  const response = await openai(url, false)
  assertEquals(response.status, 999)
  await response.body?.cancel()
  provider.respond(Fake.status(204))
  assertEquals((await openai(url, false)).status, 204)
  provider.respond(Fake.redirect("http://127.0.0.1:1/elsewhere"))
  const redirected = await openai(url, false)
  assertEquals(redirected.status, 307)
  await redirected.body?.cancel()
})

seen("A dripped head arrives in the end", Fake.drippedHead(0), async (url) => {
  assertEquals((await openai(url, false).then((r) => r.json())).object, "chat.completion")
})

liveTest("A client that leaves a silent call is noticed", () =>
  Effect.gen(function* () {
    const provider = yield* Fake.start({ respond: Fake.silence })
    const leave = new AbortController()
    const asked = openai(provider.url, true, leave.signal).catch(() => "left")
    yield* provider.received(1)
    assertEquals(provider.active(), 1)
    const left = performance.now()
    leave.abort()
    const noticed = yield* provider.abandoned(1)
    yield* provider.settled(1)
    assertEquals(yield* Effect.promise(() => asked), "left")
    assert(noticed >= left && noticed - left < 1000)
    assertEquals([provider.active(), provider.closedByPeer()], [0, 1])
  }))

liveTest("A stalled stream goes on when told to", () =>
  Effect.gen(function* () {
    const { promise: until, resolve } = Promise.withResolvers<void>()
    const provider = yield* Fake.start({
      respond: Fake.answer({ breaks: { after: 1, by: "stall", until } })
    })
    const response = yield* Effect.promise(() => openai(provider.url, true))
    const body = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ""
    yield* Effect.promise(async () => {
      while (!text.includes("Hello")) text += (await body.read()).value
      assert(!text.includes("dear"))
      resolve()
      for (let next = await body.read(); !next.done; next = await body.read()) text += next.value
    })
    assertMatch(text, /\[DONE\]\n\n$/)
  }))

liveTest(
  "Nobody trusts its certificate, and nobody listens at the refused address",
  () =>
    Effect.gen(function* () {
      const provider = yield* Fake.start({ tls: true })
      const failure = (url: string) =>
        Effect.promise(() => openai(url, false).then(() => "", (failed) => String(failed.cause)))
      assertMatch(yield* failure(provider.url), /certificate/i)
      assertMatch(yield* failure(yield* Fake.refusedUrl), /refused/i)
    })
)

liveTest("A deaf server takes the connection and nothing else", () =>
  Effect.gen(function* () {
    const provider = yield* Fake.start({ deaf: true })
    const leave = new AbortController()
    const asked = openai(provider.url, false, leave.signal).catch(() => "left")
    yield* Effect.promise(async () => {
      while (provider.opened() === 0) await new Promise((turn) => setTimeout(turn, 1))
    })
    leave.abort()
    assertEquals(yield* Effect.promise(() => asked), "left")
    assertEquals(provider.calls, [])
  }))

seen(
  "The SDKs of the three understand it",
  Fake.answer({
    text: "It rains",
    reasoning: ["Let me", " see"],
    toolCalls: [{ name: "weather", arguments: '{"city":"台北"}' }]
  }),
  async (url) => {
    const messages = [{ role: "user" as const, content: "Weather?" }]
    const viaOpenAI = await new OpenAI({ baseURL: `${url}/v1`, apiKey: "x" }).chat.completions
      .stream({ model: "m", messages }).finalChatCompletion()
    assertEquals(viaOpenAI.choices[0]!.message.content, "It rains")
    assertEquals(viaOpenAI.choices[0]!.finish_reason, "tool_calls")
    const viaAnthropic = await new Anthropic({ baseURL: url, apiKey: "x" }).messages
      .stream({ model: "m", messages, max_tokens: 9 }).finalMessage()
    assertEquals(viaAnthropic.content.map(({ type }) => type), ["thinking", "text", "tool_use"])
    const google = new GoogleGenAI({ apiKey: "x", httpOptions: { baseUrl: url } })
    let text = ""
    for await (
      const part of await google.models.generateContentStream({ model: "m", contents: "?" })
    ) {
      text += part.text ?? ""
    }
    assertEquals(text, "It rains")
  }
)

seen(
  "Garbage, a missing end and a missing usage can be had",
  Fake.answer({
    usage: "missing",
    terminator: false,
    breaks: { after: 1, by: "garbage", times: 2 }
  }),
  async (url) => {
    const events = dataOf(await (await openai(url, true)).text())
    assertEquals(events.map((data) => data.startsWith('{"id"')), [
      true,
      true,
      false,
      false,
      true,
      true,
      true
    ])
    assertEquals(JSON.parse(events.at(-1)!).choices[0].finish_reason, "stop")
  }
)

for (const script of [Fake.reset, Fake.answer({ breaks: { after: 1, by: "reset" } })]) {
  seen(`A reset is one on the wire: ${script.name}`, script, async (url) => {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(url).port) })
    const body = '{"stream":true}'
    await conn.write(new TextEncoder().encode(
      `POST /v1/chat/completions HTTP/1.1\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    ))
    await assertRejects(async () => {
      while (await conn.read(new Uint8Array(4096)) !== null);
    }, Deno.errors.ConnectionReset)
    conn.close()
  })
}
