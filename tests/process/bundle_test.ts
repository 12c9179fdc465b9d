import { assert, assertEquals, assertMatch } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../kit/effect.ts"
import { hello, post, temporaryFolder } from "../kit/gateway.ts"
import * as Process from "../kit/process.ts"

const root = new URL("../../", import.meta.url).pathname
const { tasks } = JSON.parse(Deno.readTextFileSync(`${root}deno.json`))

liveTest(
  "the bundle is one small file that serves by itself, with the same permissions",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      const bundle = `${folder}/penstock.js`
      const flags = tasks.bundle.replace("dist/penstock.js", bundle).split(" ").slice(1)
      // The bundler comes from the registry: the machine's own settings say how that is reached.
      const made = yield* Process.spawn(Deno.execPath(), flags, root, Deno.env.toObject())
      assertEquals(yield* made.exited, 0, made.stderr())
      const { size } = Deno.statSync(bundle)
      console.log(`  ${(size / 1e6).toFixed(1)} MB`)
      assert(size < 12_000_000, `${size} bytes`)

      const key = "bundle-key-of-32-characters-0123"
      const env = { PORT: "0", PENSTOCK_API_KEY: key }
      const process = yield* Process.spawn(
        Deno.execPath(),
        // No configuration and no cache: all that it needs is in it.
        [
          "run",
          "--no-config",
          "--no-remote",
          "--no-npm",
          "--unstable-no-legacy-abort",
          ...Process.startFlags(env).filter((flag) => flag !== "--frozen"),
          bundle
        ],
        folder,
        env
      )
      const url = yield* process.url
      const response = yield* post(`${url}/api/v1/llm/generate`, hello("simulator"), {
        headers: { "x-api-key": key }
      })
      const body = yield* Effect.promise(() => response.json())
      assertEquals(response.status, 200)
      assert(body.choices[0].message.content.includes("not a model"))
      assert(body.cost.total_cost > 0)
      const docs = yield* Effect.promise(() => fetch(`${url}/docs`))
      assertMatch(yield* Effect.promise(() => docs.text()), /generate/)
      process.kill("SIGTERM")
      assertEquals(yield* process.exited, 0, process.stderr())
    })
)

liveTest(
  "where the runtime of the binary cannot be fetched, compiling says so and fails",
  () =>
    Effect.gen(function* () {
      const folder = yield* temporaryFolder
      Deno.mkdirSync(`${folder}/dist`)
      Deno.writeTextFileSync(`${folder}/dist/penstock.js`, "console.log(1)")
      // What the task does once the bundle is there.
      const compile = tasks.compile.replace("deno task bundle && ", "")
      assert(compile !== tasks.compile)
      Deno.writeTextFileSync(`${folder}/deno.json`, JSON.stringify({ tasks: { compile } }))
      const run = yield* Process.spawn(Deno.execPath(), ["task", "compile"], folder, {
        DENO_DIR: `${folder}/cache`,
        HTTPS_PROXY: "http://127.0.0.1:9",
        HTTP_PROXY: "http://127.0.0.1:9"
      })
      assertEquals(yield* run.exited, 1)
      assertMatch(run.stdout(), /^Cannot compile: Deno could not fetch its runtime/m)
      const left = Array.from(Deno.readDirSync(`${folder}/dist`), ({ name }) => name)
      assertEquals(left, ["penstock.js"])
    })
)

Deno.test("the binary has the permissions of the start task, word for word", () => {
  const flagsOf = (task: string) => task.match(/--(?:allow|deny)-(?:net|env)\S*/g) ?? []
  assertEquals(flagsOf(tasks.compile), flagsOf(tasks.start))
  for (const task of [tasks.compile, tasks.start]) {
    assertEquals(
      / -A\b|--allow-all|--allow-(?:read|write|env|run|ffi|sys)(?:\s|$)/.test(task),
      false
    )
  }
})
