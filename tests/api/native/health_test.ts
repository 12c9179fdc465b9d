import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { DatabaseSync } from "node:sqlite"
import { liveTest } from "../../kit/effect.ts"
import { hello, post, start } from "../../kit/gateway.ts"

const health = (url: string) =>
  Effect.promise(async () => {
    const response = await fetch(`${url}/health`)
    const { status, services } = await response.json()
    return [response.status, status, services.cost_tracker]
  })

/** Has the books of a gateway locked until it is told to let go. */
const locked = (dataDir: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const other = new DatabaseSync(`${dataDir}/ledger.db`)
      other.exec("BEGIN IMMEDIATE")
      return other
    }),
    (other) => Effect.sync(() => other.close())
  )

const ask = (api: string) =>
  Effect.flatMap(
    post(`${api}/generate`, hello("simulator")),
    (response) =>
      Effect.promise(async () => [response.status, (await response.json()).error?.details.reason])
  )

liveTest(
  "S2: with its books locked by another program it is not healthy, and is again when they are free",
  () =>
    Effect.gen(function* () {
      const { url, api, dataDir } = yield* start({ env: { PENSTOCK_SIMULATOR: "on" } })
      assertEquals(yield* health(url), [200, "healthy", "healthy"])
      const other = yield* locked(dataDir)
      assertEquals(yield* ask(api), [503, "ledger_unavailable"])
      assertEquals(yield* health(url), [503, "unhealthy", "degraded"])
      other.exec("ROLLBACK")
      // Nobody asks anything: it finds out by itself.
      yield* Effect.repeat(health(url), { until: ([status]) => status === 200, times: 1000 })
      assertEquals(yield* ask(api), [200, undefined])
    })
)

liveTest(
  "with on_failure: serve it goes on with its books locked, and says that they are behind",
  () =>
    Effect.gen(function* () {
      const { url, api, dataDir } = yield* start({
        env: { PENSTOCK_SIMULATOR: "on" },
        config: { ledger: { on_failure: "serve" } }
      })
      yield* locked(dataDir)
      assertEquals(yield* ask(api), [200, undefined])
      assertEquals(yield* health(url), [200, "degraded", "degraded"])
    })
)
