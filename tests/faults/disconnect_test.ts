/**
 * C1 and C2: a client that leaves. What it was waiting for is hung up on, nobody else is asked for it,
 * and it says nothing of the provider.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { answer, type Script, silence } from "../kit/FakeProvider.ts"
import { liveTest } from "../kit/effect.ts"
import { apiKey, hello } from "../kit/gateway.ts"
import { check } from "./client.ts"
import { dialects, modelAt, open } from "./house.ts"
import { good } from "./Row.ts"

/** The longest that hanging up on a provider may take, in milliseconds. */
const limit = 100

/** When a client leaves, and what the provider does meanwhile. */
interface Moment {
  readonly id: "C1" | "C2"
  readonly what: string
  readonly streamed: boolean
  readonly script: Script
}

const stalled = answer({ breaks: { after: 1, by: "stall" } })

const moments: ReadonlyArray<Moment> = [
  { id: "C1", what: "before the first byte of a stream", streamed: true, script: silence },
  { id: "C1", what: "before an answer in one piece", streamed: false, script: silence },
  {
    id: "C1",
    what: "before the first content of a stream",
    streamed: true,
    script: answer({ breaks: { after: 0, by: "stall" } })
  },
  { id: "C2", what: "in the middle of a stream", streamed: true, script: stalled },
  { id: "C2", what: "in the middle of an answer in one piece", streamed: false, script: stalled }
]

for (const { id, what, streamed, script } of moments) {
  liveTest(
    `${id}: a client that leaves ${what} hangs up within ${limit} ms, and that is all`,
    () =>
      Effect.gen(function* () {
        const house = yield* open({ spare: {} })
        for (const dialect of dialects) {
          const model = modelAt("fake", dialect)
          const fake = house.fakes[dialect]
          fake.respond(script)
          // More often than a provider may fail before its circuit opens.
          const times: Array<number> = []
          for (let nth = 1; nth <= 4; nth++) {
            const leaving = new AbortController()
            const response = fetch(`${house.api}/generate${streamed ? "/stream" : ""}`, {
              method: "POST",
              headers: { "x-api-key": apiKey, "content-type": "application/json" },
              body: JSON.stringify(hello(model)),
              signal: leaving.signal
            })
            response.catch(() => {})
            yield* fake.received(nth)
            if (id === "C2" && streamed) {
              yield* Effect.promise(async () => (await response).body!.getReader().read())
            }
            const leftAt = performance.now()
            leaving.abort()
            times.push((yield* fake.abandoned(nth)) - leftAt)
          }
          // The machine itself may have a hiccup.
          const late = times.filter((time) => time > limit)
          assert(late.length <= 1, `${dialect}: ${times} ms`)
          assertEquals([fake.calls.length, house.spare.calls.length], [4, 0])
          const status = yield* Effect.promise(() => house.read(`/models/${model}/status`))
          assertEquals([status.status, status.health, status.error_rate], [
            "available",
            "unknown",
            0
          ])
          fake.respond(answer())
          const reply = yield* Effect.promise(() => house.ask(model, streamed))
          check(reply, { seen: good(), streamed, model, attempts: 1 })
        }
      }).pipe(Effect.timeout("10 seconds"))
  )
}
