import { assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Environment from "../../src/config/environment.ts"
import { liveTest } from "../kit/effect.ts"

const name = "PENSTOCK_TEST_VARIABLE"

const setting = (value: string) =>
  Effect.acquireRelease(
    Effect.sync(() => Deno.env.set(name, value)),
    () => Effect.sync(() => Deno.env.delete(name))
  )

liveTest(
  "a variable is read, and an empty one is told apart from none only where asked",
  () =>
    Effect.gen(function* () {
      const both = Effect.all([Environment.variable(name), Environment.nonEmptyVariable(name)])
      assertEquals(yield* both, [undefined, undefined])
      for (const [value, nonEmpty] of [["", undefined], ["  ", undefined], [" a ", "a"]] as const) {
        yield* setting(value)
        assertEquals(yield* both, [value, nonEmpty])
      }
    }).pipe(Effect.provide(Environment.layer))
)

Deno.test({
  name: "a variable that the process may not read is a fault that says what to do",
  permissions: { env: [name] },
  fn: () =>
    Effect.runPromise(
      Effect.gen(function* () {
        const error = yield* Effect.flip(Environment.variable("NOT_ALLOWED"))
        assertEquals(error.faults.map(({ path }) => path), ["NOT_ALLOWED"])
        assertStringIncludes(error.message, "--allow-env")
      }).pipe(Effect.provide(Environment.layer))
    )
})
