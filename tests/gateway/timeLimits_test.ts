import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import {
  answering,
  counted,
  pass,
  piece,
  type Reply,
  role,
  says,
  silence,
  stop,
  streaming,
  upstream
} from "../kit/upstream.ts"
import { classOf, recorder } from "./recorder.ts"
import { ask, asking } from "./request.ts"

const timeouts = {
  stream_head_seconds: 2,
  whole_head_seconds: 20,
  first_token_seconds: 5,
  idle_seconds: 3,
  total_seconds: 30,
  keep_alive_seconds: 1
}

/** How long a stream of `reply` lasts, by steps of a millisecond where it matters. */
const ends = (
  name: string,
  reply: Reply,
  at: number,
  kind: string,
  story: ReadonlyArray<string>,
  steps: ReadonlyArray<number> = []
) =>
  test(name, () => {
    const provider = upstream(() => reply)
    return Effect.gen(function* () {
      const client = yield* recorder
      const fiber = yield* Effect.forkChild(
        Effect.result(Gateway.use((gateway) => gateway.stream(ask(asking("gpt-4o")), client)))
      )
      const before = [...steps, at - 1 - steps.reduce((sum, step) => sum + step, 0)]
      for (const step of before) yield* pass(step)
      assertEquals(fiber.pollUnsafe(), undefined)
      yield* pass(1)
      const result = yield* Fiber.join(fiber)
      const told = result._tag === "Failure" ? classOf(result.failure) : client.failure()
      assertEquals([told, client.story()], [kind, story])
      assertEquals(provider.calls[0]?.hungUp(), true)
    }).pipe(Effect.provide(simulated(provider.send, { config: { timeouts } })))
  })

ends("no head in time", { headMs: 9999, steps: [] }, 2000, "timeout_headers", [])
ends("no content in time", streaming(silence), 5000, "timeout_first_token", [])
ends(
  "a role, a count and empty texts are no content",
  streaming(role, 1000, counted(1, 0), 1000, piece({ content: "" }), 1000, role, silence),
  5000,
  "timeout_first_token",
  [],
  [1000, 1000, 1000]
)
ends(
  "silence after content",
  streaming(1000, says("a"), silence),
  4000,
  "timeout_idle",
  ["open", "write", "keepAlive", "keepAlive", "fail"],
  [1000]
)
ends(
  "only content breaks a silence",
  streaming(says("a"), 1000, role, 1000, counted(1, 1), 900, ": comment\n\n", silence),
  3000,
  "timeout_idle",
  ["open", "write", "keepAlive", "keepAlive", "fail"],
  [1000, 1000, 900]
)
ends(
  "a reason to stop that neither a terminator nor the end of the body follows",
  streaming(says("a"), stop, silence),
  3000,
  "timeout_idle",
  ["open", "write", "keepAlive", "keepAlive", "fail"]
)
ends(
  "content that never ends",
  streaming(...Array.from({ length: 40 }, () => [says("a"), 900]).flat()),
  30_000,
  "timeout_total",
  ["open", ...Array.from({ length: 34 }, () => "write"), "fail"],
  Array.from({ length: 33 }, () => 900)
)

test("a client is told that the answer goes on only after it was opened, in each silence", () => {
  const provider = upstream(() => streaming(4000, says("a"), 2500, says("b"), 500, stop))
  return Effect.gen(function* () {
    const client = yield* recorder
    yield* Effect.forkChild(Gateway.use(({ stream }) => stream(ask(asking("gpt-4o")), client)))
    yield* pass(4000)
    yield* pass(2500)
    yield* pass(500)
    assertEquals(client.told.map(({ _tag, at }) => [_tag, at]), [
      ["open", 4000],
      ["write", 4000],
      ["keepAlive", 5000],
      ["keepAlive", 6000],
      ["write", 6500],
      ["finish", 7000]
    ])
  }).pipe(Effect.provide(simulated(provider.send, { config: { timeouts } })))
})

const whole = (name: string, reply: Reply, at: number, kind: string, limits: object = {}) =>
  test(name, () => {
    const provider = upstream(() => reply)
    return Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(
        Effect.flip(Gateway.use(({ generate }) => generate(ask(asking("gpt-4o")))))
      )
      yield* pass(at - 1)
      assertEquals(fiber.pollUnsafe(), undefined)
      yield* pass(1)
      assertEquals(classOf(yield* Fiber.join(fiber)), kind)
      assertEquals(provider.calls[0]?.hungUp(), true)
    }).pipe(
      Effect.provide(simulated(provider.send, { config: { timeouts: { ...timeouts, ...limits } } }))
    )
  })

whole("a whole answer that does not come", { headMs: 1e6, steps: [] }, 20_000, "timeout_headers")
whole(
  "a whole answer of which only the head comes",
  { steps: [silence] },
  20_000,
  "timeout_headers"
)
whole(
  "a whole answer that takes longer than a request may",
  answering("late", undefined, { headMs: 1e6 }),
  10_000,
  "timeout_total",
  { total_seconds: 10 }
)
