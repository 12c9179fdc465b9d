import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../kit/effect.ts"
import * as FakeProvider from "../kit/FakeProvider.ts"
import { apiKey } from "../kit/gateway.ts"
import { modelOf, postJson, startBoth } from "./upstreams.ts"

const folder = new URL("../../../shared/clients/", import.meta.url)

/** Whether a program can be run so, without an error. */
const runs = (command: string, args: ReadonlyArray<string>): boolean => {
  try {
    return new Deno.Command(command, { args: [...args], stdout: "null", stderr: "null" })
      .outputSync().success
  } catch {
    return false
  }
}

const exists = (name: string): boolean => {
  try {
    return Deno.statSync(new URL(name, folder)).isFile
  } catch {
    return false
  }
}

/** Each client of the API reference, how it is run, and what it needs. */
const clients = [
  { name: "llm_client.mjs", command: "node", probe: ["--version"], needs: "node" },
  { name: "llm_client.py", command: "python3", probe: ["-c", "import requests"], needs: "requests" }
].map((client) => {
  const missing = !exists(client.name)
    ? `${folder.pathname}${client.name} is not there`
    : !runs(client.command, client.probe)
    ? `${client.command} cannot run it: it needs ${client.needs}`
    : undefined
  if (missing) console.log(`Skipped: the client ${client.name}, since ${missing}`)
  return { ...client, missing }
})

/** Runs a client as its users do, and reads the one line that it prints. */
const run = ({ name, command }: { name: string; command: string }, url: string, model: string) =>
  Effect.promise(async () => {
    const { success, stdout, stderr } = await new Deno.Command(command, {
      args: [new URL(name, folder).pathname],
      env: { BASE_URL: `${url}/api/llm`, API_KEY: apiKey, MODEL: model }
    }).output()
    const text = new TextDecoder()
    if (!success) throw new Error(`${name}, ${model}: ${text.decode(stderr)}`)
    return JSON.parse(text.decode(stdout))
  })

const pieces = [
  "春",
  "天",
  "來了🌸，",
  "a\u2028b ",
  '"quoted" \\ ',
  "and\r\nlines\n",
  "e\u0301nd",
  "。"
]
const text = pieces.join("")

for (const client of clients) {
  liveTest(
    `${client.name} runs unchanged against every provider, however its bytes fall`,
    () =>
      Effect.gen(function* () {
        const { url, provider } = yield* startBoth()
        for (const split of [undefined, 3]) {
          provider.respond(FakeProvider.answer({ pieces, split }))
          // At once, since what takes time is their start.
          const told = yield* Effect.forEach(
            Object.values(modelOf),
            (model) => run(client, url, model),
            { concurrency: "unbounded" }
          )
          // Each piece is an event, and so is the end.
          const expected = { generate: text, stream: text, chunks: pieces.length + 1 }
          assertEquals(told, [expected, expected, expected], `in pieces of ${split}`)
        }
      }),
    { ignore: client.missing !== undefined }
  )

  liveTest(
    `${client.name} runs unchanged against the simulator`,
    () =>
      Effect.gen(function* () {
        const { url } = yield* startBoth()
        const asked = (content: string) =>
          Effect.map(
            postJson(`${url}/api/llm/generate`, {
              model: "simulator",
              messages: [{ role: "user", content }]
            }),
            ({ body }) => body.choices[0].message.content
          )
        const { generate, stream } = yield* run(client, url, "simulator")
        assertEquals(generate, yield* asked("你好"))
        assertEquals(stream, yield* asked("寫一首詩"))
      }),
    { ignore: client.missing !== undefined }
  )
}
