import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../kit/effect.ts"
import { temporaryFolder } from "../kit/gateway.ts"

const root = new URL("../../", import.meta.url)

/** What two fibers see of `AsyncLocalStorage`, where the first is woken by the second. */
const probe = (first: string) => `
${first}
import { AsyncLocalStorage } from "node:async_hooks"
import process from "node:process"
const Effect = await import("effect/Effect")
const Deferred = await import("effect/Deferred")
${first === "" ? "" : "restore()"}
const storage = new AsyncLocalStorage()
const gate = Deferred.makeUnsafe()
const seen = Effect.sync(() => storage.getStore())
const waiting = storage.run("own", () => Effect.runPromise(Effect.andThen(Deferred.await(gate), seen)))
await storage.run("other", () => Effect.runPromise(Deferred.succeed(gate, undefined)))
const slept = storage.run("own", () => Effect.runPromise(Effect.andThen(Effect.sleep(1), seen)))
console.log(JSON.stringify({
  woken: await waiting,
  slept: await slept,
  restored: process.getBuiltinModule("node:async_hooks") !== undefined
}))
`

const seen = Effect.fnUntraced(function* (first: string) {
  const folder = yield* temporaryFolder
  const file = `${folder}/probe.ts`
  return yield* Effect.promise(async () => {
    await Deno.writeTextFile(file, probe(first))
    const config = new URL("deno.json", root).pathname
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--allow-env", "--config", config, file],
      env: { NO_COLOR: "1" }
    }).output()
    const text = new TextDecoder().decode(stdout)
    if (text === "") throw new Error(new TextDecoder().decode(stderr))
    return JSON.parse(text)
  })
})

liveTest(
  "Effect captures AsyncResource, where nobody hides it: else boot.ts is of no use",
  () =>
    Effect.gen(function* () {
      assertEquals(yield* seen(""), { woken: "own", slept: "own", restored: true })
    })
)

liveTest(
  "boot.ts keeps Effect from capturing AsyncResource, and gives the module back",
  () =>
    Effect.gen(function* () {
      const boot = new URL("src/boot.ts", root).href
      assertEquals(yield* seen(`import { restore } from "${boot}"`), {
        woken: "other",
        slept: "own",
        restored: true
      })
    })
)

Deno.test("main.ts imports boot.ts before anything of Effect", () => {
  const [first] = Deno.readTextFileSync(new URL("main.ts", root)).match(/^import .*$/m) ?? []
  assertEquals(first, 'import { restore } from "./src/boot.ts"')
})
