import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { liveTest } from "../../kit/effect.ts"
import { apiKey, hello, post, temporaryFolder } from "../../kit/gateway.ts"
import * as Process from "../../kit/process.ts"

const root = new URL("../../../", import.meta.url).pathname

/** The whole of what a new provider is: this file, and a line in `mod.ts`. */
const newcomer = (url: string) => `
import { openai as dialect } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"

/** A provider that nobody knew. */
export const newcomer: Provider = {
  id: "newcomer",
  name: "Newcomer",
  dialect: dialect({ maxTokensField: "max_completion_tokens" }),
  baseUrl: "${url}/v1",
  environment: { apiKey: ["NEWCOMER_API_KEY"], baseUrl: undefined },
  authorize: bearer,
  models: [{
    id: "newcomer-1",
    name: "Newcomer 1",
    capabilities: ["text-generation", "conversation"]
  }]
}
`

const copy = (from: string, to: string): void => {
  Deno.mkdirSync(to, { recursive: true })
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copy(`${from}/${name}`, `${to}/${name}`)
    else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`)
  }
}

const config = `--config=${root}deno.json`

/** What the start task is told to let the gateway in `folder` read of the environment. */
const variablesOf = (folder: string): Effect.Effect<string> =>
  Effect.promise(async () => {
    const args = ["run", "-q", config, `${folder}/src/provider/catalog/variables.ts`]
    const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output()
    return new TextDecoder().decode(stdout)
  })

liveTest(
  "a new provider is one file and one line: it is found, allowed its key, and answers",
  () =>
    Effect.gen(function* () {
      const provider = yield* FakeProvider.start({
        respond: FakeProvider.answer({ text: "Welcome" })
      })
      const folder = yield* temporaryFolder
      copy(`${root}src`, `${folder}/src`)
      Deno.copyFileSync(`${root}main.ts`, `${folder}/main.ts`)

      const catalog = `${folder}/src/provider/catalog`
      Deno.writeTextFileSync(`${catalog}/newcomer.ts`, newcomer(provider.url))
      Deno.writeTextFileSync(`${catalog}/mod.ts`, `export { newcomer } from "./newcomer.ts"\n`, {
        append: true
      })

      const env = {
        PORT: "0",
        PENSTOCK_API_KEY: apiKey,
        OLLAMA_BASE_URL: "http://127.0.0.1:9",
        NEWCOMER_API_KEY: "key-of-the-newcomer"
      }
      const variables = yield* variablesOf(folder)
      const flags = Process.startFlags(env).map((flag) =>
        flag.startsWith("--allow-env=")
          ? `--allow-env=PORT,HOST,PENSTOCK_*,OTEL_*,${variables}`
          : flag
      )
      const args = ["run", config, ...flags, `${folder}/main.ts`]
      const gateway = yield* Process.spawn(Deno.execPath(), args, folder, env)
      const url = yield* gateway.url
      const generate = `${url}/api/v1/llm/generate`
      const answer = yield* post(generate, hello("newcomer-1", { max_tokens: 5 }))
      const body = yield* Effect.promise(() => answer.json())
      assertEquals([answer.status, body.choices[0].message.content], [200, "Welcome"])
      const [call] = provider.calls
      assertEquals(call?.headers.get("authorization"), "Bearer key-of-the-newcomer")
      assertEquals(call?.path, "/v1/chat/completions")
      assertEquals(call?.body.max_completion_tokens, 5)
    })
)
