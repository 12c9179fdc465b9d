import { assertEquals, assertLess } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { GatewayError } from "../../src/domain/GatewayError.ts"
import { Gateway } from "../../src/gateway/Gateway.ts"
import { test } from "../kit/effect.ts"
import { simulated } from "../kit/gateway.ts"
import {
  counted,
  cut,
  done,
  event,
  pass,
  piece,
  type Reply,
  role,
  says,
  settled,
  silence,
  stop,
  streaming,
  type Upstream,
  upstream
} from "../kit/upstream.ts"
import { classOf, type Recorder, recorder } from "./recorder.ts"
import { ask, asking } from "./request.ts"

/** A stream of `reply` that was begun, and everybody who takes part in it. */
interface Scene {
  readonly client: Recorder
  readonly provider: Upstream
  readonly fiber: Fiber.Fiber<void, GatewayError>
}

const streamed = (
  name: string,
  reply: Reply,
  body: (scene: Scene) => Effect.Effect<void, unknown>,
  timeouts: object = {}
) =>
  test(name, () => {
    const provider = upstream(() => reply)
    return Effect.gen(function* () {
      const gateway = yield* Gateway
      const client = yield* recorder
      const fiber = yield* Effect.forkChild(gateway.stream(ask(asking("gpt-4o")), client))
      yield* settled
      yield* body({ client, provider, fiber })
    }).pipe(
      Effect.provide(simulated(provider.send, { config: { timeouts, retries: { attempts: 1 } } }))
    )
  })

streamed(
  "each piece reaches the client before the next one is made",
  streaming(role, says("a"), 10, says("b"), 10, says("c"), 10, stop, counted(3, 3), done),
  ({ client, fiber }) =>
    Effect.gen(function* () {
      for (const text of ["a", "ab", "abc"]) {
        assertEquals(client.text(), text)
        assertEquals(client.ending(), undefined)
        yield* pass(10)
      }
      yield* Fiber.join(fiber)
      assertEquals(client.story(), ["open", "write", "write", "write", "finish"])
      assertEquals(client.told.map(({ at }) => at), [0, 0, 10, 20, 30])
    })
)

streamed(
  "the client is told once how it ended: reasons, usage and cost",
  streaming(says("a"), stop, counted(1000, 500), done),
  ({ client, fiber }) =>
    Effect.gen(function* () {
      yield* Fiber.join(fiber)
      assertEquals(client.ending(), {
        model: "gpt-4o",
        finishes: [{ choice: 0, reason: "stop" }],
        usage: {
          promptTokens: 1000,
          completionTokens: 500,
          cachedTokens: 0,
          cacheWriteTokens: 0,
          reasoningTokens: 0,
          source: "reported"
        },
        cost: { inputNanos: 2_500_000, outputNanos: 5_000_000 }
      })
    })
)

streamed(
  "each of several choices is told its own end",
  streaming(
    event({ choices: [{ index: 1, delta: { content: "b" }, finish_reason: null }] }),
    says("a"),
    event({ choices: [{ index: 1, delta: {}, finish_reason: "length" }] }),
    stop,
    done
  ),
  ({ client, fiber }) =>
    Effect.gen(function* () {
      yield* Fiber.join(fiber)
      assertEquals(client.ending()?.finishes, [
        { choice: 1, reason: "length" },
        { choice: 0, reason: "stop" }
      ])
    })
)

streamed(
  "the client is not opened before there is something to show",
  streaming(role, 5, counted(1, 0), 5, piece({ content: "" }), 5, says("a"), silence),
  ({ client }) =>
    Effect.gen(function* () {
      yield* pass(14)
      assertEquals(client.story(), [])
      yield* pass(1)
      assertEquals(client.story(), ["open", "write"])
    })
)

streamed(
  "a tool call and reasoning are something to show",
  streaming(
    piece({ reasoning_content: "hm" }),
    piece({ tool_calls: [{ index: 0, id: "c", function: { name: "f", arguments: "{}" } }] }),
    piece({}, "tool_calls"),
    done
  ),
  ({ client, fiber }) =>
    Effect.gen(function* () {
      yield* Fiber.join(fiber)
      const deltas = client.told.flatMap((one) => one._tag === "write" ? one.deltas : [])
      assertEquals(deltas.map(({ _tag }) => _tag), [
        "Reasoning",
        "ToolCallStart",
        "ToolCallArguments"
      ])
      assertEquals(client.ending()?.finishes, [{ choice: 0, reason: "tool_calls" }])
    })
)

streamed(
  "an answer without content is opened and finished all the same",
  streaming(role, stop, done),
  ({ client, fiber }) =>
    Effect.gen(function* () {
      yield* Fiber.join(fiber)
      assertEquals(client.story(), ["open", "finish"])
    })
)

const broken: ReadonlyArray<readonly [how: string, end: ReadonlyArray<string | symbol>, string]> = [
  ["a connection that breaks", [cut], "stream_cut"],
  ["an end without a reason to stop", [], "stream_cut"],
  ["an error in the stream", [event({ error: { message: "x", code: "server_error" } })], "server"],
  ["a terminator before the end", [done], "bad_response"],
  ["garbage", ["data: {\n\ndata: {\n\ndata: {\n\ndata: {\n\n"], "stream_cut"]
]

for (const [how, end, kind] of broken) {
  const steps = end.map((step) => typeof step === "string" ? step : cut)
  streamed(
    `${how} before content fails the request, and the client hears nothing`,
    streaming(role, ...steps),
    ({ client, fiber }) =>
      Effect.gen(function* () {
        assertEquals(classOf(yield* Effect.flip(Fiber.join(fiber))), kind)
        assertEquals(client.story(), [])
      })
  )
  if (kind === "bad_response") continue
  streamed(
    `${how} after content is told to the client once, and nothing is finished`,
    streaming(says("a"), ...steps),
    ({ client, fiber }) =>
      Effect.gen(function* () {
        yield* Fiber.join(fiber)
        assertEquals(client.story(), ["open", "write", "fail"])
        assertEquals(client.failure(), kind)
      })
  )
}

const words = Array.from({ length: 200 }, (_, at) => says(`${at} `))

streamed(
  "a client with room gets at once all that there is",
  streaming(...words, stop, done),
  ({ client, provider: { calls: [call] } }) =>
    Effect.gen(function* () {
      assertEquals([call?.pulls, client.ending() !== undefined], [202, true])
    })
)

streamed(
  "with no room nothing more is read, and with room again all of it",
  streaming(10, ...words, stop, done),
  ({ client, provider: { calls: [call] }, fiber }) =>
    Effect.gen(function* () {
      client.setFull(true)
      yield* pass(10)
      yield* pass(10_000)
      assertEquals(client.text(), "0 ")
      assertLess(call!.pulls, 4)
      client.setFull(false)
      yield* Fiber.join(fiber)
      assertEquals(client.story().filter((kind) => kind === "write").length, 200)
      assertEquals(client.ending()?.finishes.length, 1)
    })
)

streamed(
  "a client that never reads is given up, and the provider with it",
  streaming(10, ...words, stop, done),
  ({ client, provider: { calls: [call] }, fiber }) =>
    Effect.gen(function* () {
      client.setFull(true)
      yield* pass(10)
      yield* pass(4999)
      assertEquals([fiber.pollUnsafe(), call?.cancelled], [undefined, false])
      yield* pass(1)
      yield* Fiber.join(fiber)
      assertEquals(client.failure(), "ClientTooSlow")
      assertEquals([call?.cancelled, call?.hungUp()], [true, true])
    }),
  { slow_client_seconds: 5 }
)

streamed(
  "a client that reads slowly but does read is not given up",
  streaming(10, ...words.slice(0, 3), stop, done),
  ({ client, fiber }) =>
    Effect.gen(function* () {
      client.setFull(true)
      yield* pass(10)
      for (let read = 0; read < 3; read++) {
        yield* pass(4000)
        client.setFull(false)
        client.setFull(true)
        yield* settled
      }
      yield* Fiber.join(fiber)
      assertEquals(client.ending()?.finishes.length, 1)
    }),
  { slow_client_seconds: 5 }
)

streamed(
  "leaving a stream cancels the provider's body at once",
  streaming(says("a"), silence),
  ({ client, provider: { calls: [call] }, fiber }) =>
    Effect.gen(function* () {
      assertEquals(call?.cancelled, false)
      yield* Fiber.interrupt(fiber)
      assertEquals([call?.cancelled, call?.hungUp()], [true, true])
      assertEquals(client.story(), ["open", "write"])
    })
)

streamed(
  "leaving before the head hangs up",
  { ...streaming(says("a"), stop, done), headMs: 1000 },
  ({ provider: { calls: [call] }, fiber }) =>
    Effect.gen(function* () {
      assertEquals(call?.hungUp(), false)
      yield* Fiber.interrupt(fiber)
      assertEquals(call?.hungUp(), true)
    })
)

streamed(
  "what comes after the end of an answer is not read",
  streaming(says("a"), stop, done, says("b"), silence),
  ({ client, provider: { calls: [call] }, fiber }) =>
    Effect.gen(function* () {
      yield* Fiber.join(fiber)
      assertEquals([client.text(), call?.cancelled], ["a", true])
    })
)
