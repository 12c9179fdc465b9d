import { assert, assertEquals, fail } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { DatabaseSync } from "node:sqlite"
import { liveTest } from "../kit/effect.ts"
import { temporaryFolder } from "../kit/gateway.ts"
import * as Process from "../kit/process.ts"
import { ask, loggingProvider } from "./durability.ts"

const key = "process-key-of-32-characters-012"
const rounds = 30
const streams = 200

/** Small and seeded: mulberry32. */
const seeded = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
}

const configuration = (url: string) =>
  JSON.stringify({
    // Calls that fail are over first, and would open the circuit: then nobody is asked again.
    load_balancing: { failure_threshold: 1_000_000 },
    providers: {
      counter: { dialect: "openai", base_url: url, api_key: "sk-test", discover: false }
    },
    models: {
      counted: {
        provider: "counter",
        // 3 nano-dollars a token read, 7 a token written.
        price: { input_per_1m_tokens: 0.003, output_per_1m_tokens: 0.007 }
      }
    }
  })

interface AttemptRow {
  readonly id: string
  readonly number: number
  readonly outcome: string | null
  readonly source: string
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly input_nanos: number | null
  readonly output_nanos: number | null
}
interface RequestRow {
  readonly id: string
  readonly outcome: string | null
  readonly input_nanos: number | null
  readonly output_nanos: number | null
  readonly calls: number
}

/** The books, as another program reads them. */
const read = (folder: string) => {
  const books = new DatabaseSync(`${folder}/data/ledger.db`, { readOnly: true })
  const all = <Row>(sql: string) => books.prepare(sql).all() as unknown as ReadonlyArray<Row>
  const requests = all<RequestRow>("SELECT * FROM requests")
  const attempts = all<AttemptRow>(
    "SELECT r.id, a.* FROM attempts a JOIN requests r ON r.seq = a.seq ORDER BY a.seq, a.number"
  )
  const [days] = all<{ requests: number; nanos: number }>(
    "SELECT sum(requests) AS requests, sum(input_nanos + output_nanos) AS nanos FROM days"
  )
  const open = all("SELECT * FROM open")
  books.close()
  return { requests, attempts, days, open }
}

const nanos = (row: { input_nanos: number | null; output_nanos: number | null }) =>
  (row.input_nanos ?? 0) + (row.output_nanos ?? 0)
const sum = (numbers: ReadonlyArray<number>) => numbers.reduce((all, one) => all + one, 0)

liveTest(
  `S4: after kill -9 at any moment of ${streams} streams, ${rounds} times, the books and the ` +
    "provider's own log agree",
  () =>
    Effect.gen(function* () {
      const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 1e9))
      console.log(`SEED=${seed}`)
      const random = seeded(seed)
      const provider = yield* loggingProvider(random, 60)
      const folder = yield* temporaryFolder
      Deno.mkdirSync(`${folder}/data`)
      Deno.writeTextFileSync(`${folder}/penstock.yaml`, configuration(provider.url))
      const whole = new Set<string>()

      for (let round = 0; round <= rounds; round++) {
        const scope = yield* Scope.make()
        const gateway = yield* Scope.provide(
          Process.launch({ folder, env: { PENSTOCK_API_KEY: key } }),
          scope
        )
        const url = yield* gateway.url
        // The last start is only there to close what the last kill left open.
        if (round < rounds) {
          const asked = Array.from({ length: streams }, async (_, n) => {
            const word = `word-${round}-${n}`
            const text = await fetch(`${url}/api/v1/llm/generate/stream`, {
              method: "POST",
              headers: {
                "x-api-key": key,
                "x-request-id": word,
                "content-type": "application/json"
              },
              body: JSON.stringify(ask(word))
            }).then((response) => response.text()).catch(() => "")
            if (text.endsWith("data: [DONE]\n\n")) whole.add(word)
          })
          yield* Effect.promise(() =>
            Promise.race([
              new Promise((resolve) => setTimeout(resolve, random() * 1200)),
              Promise.all(asked)
            ])
          )
          gateway.kill("SIGKILL")
          yield* Effect.promise(() => Promise.all(asked))
          yield* gateway.ended
        }
        yield* Scope.close(scope, Exit.void)
      }

      const { requests, attempts, days, open } = read(folder)
      // One row each, and none of them open.
      assertEquals(open, [])
      assertEquals([...requests, ...attempts].filter(({ outcome }) => outcome === null), [])
      assertEquals(new Set(requests.map(({ id }) => id)).size, requests.length)

      const logged = Map.groupBy(provider.log, ({ word }) => word)
      const booked = Map.groupBy(attempts, ({ id }) => id)
      // Every call that the provider accepted is in the books...
      const missing = Array.from(logged).filter(([word, calls]) =>
        calls.length > (booked.get(word)?.length ?? 0)
      )
      assertEquals(missing.map(([word]) => word), [])
      // ...and the reverse; but for one that was about to be made when the gateway died.
      let unsent = 0
      for (const [word, rows] of booked) {
        const surplus = rows.slice(logged.get(word)?.length ?? 0)
        unsent += surplus.length
        assert(surplus.length <= 1, word)
        assertEquals(surplus.filter(({ outcome }) => outcome !== "crashed"), [], word)
      }
      // Calls are numbered without gaps.
      for (const [word, rows] of booked) {
        assertEquals(rows.map(({ number }) => number), rows.map((_, index) => index + 1), word)
      }

      // Whoever was told that the answer is whole was booked before that, by the provider's numbers.
      const byId = new Map(requests.map((row) => [row.id, row]))
      for (const word of whole) assertEquals(byId.get(word)?.outcome, "ok", word)
      for (const [word, rows] of booked) {
        const calls = logged.get(word) ?? []
        rows.forEach((row, index) => {
          const reported = calls[index]?.reported
          if (row.source === "reported") {
            assertEquals(
              [row.prompt_tokens, row.completion_tokens],
              [reported?.prompt, reported?.completion],
              word
            )
          }
          if (row.outcome === "answered") assertEquals(row.source, "reported", word)
          if (row.outcome === "server") assertEquals([calls[index]?.failed, nanos(row)], [true, 0])
          // Died with the gateway: at least its prompt is charged, unless it had failed before.
          if (row.outcome === "crashed" && !calls[index]?.failed) assert(nanos(row) > 0, word)
          assertEquals(
            [row.input_nanos ?? 0, row.output_nanos ?? 0],
            [row.prompt_tokens * 3, row.completion_tokens * 7],
            word
          )
        })
        const request = byId.get(word) ?? fail(`${word} has calls, and no row`)
        assertEquals([nanos(request), request.calls], [sum(rows.map(nanos)), rows.length], word)
      }
      // To the nano-dollar.
      const total = sum(attempts.map(nanos))
      assertEquals(sum(requests.map(nanos)), total)
      assertEquals([days?.requests, days?.nanos], [requests.length, total])
      const crashed = requests.filter(({ outcome }) => outcome === "crashed").length
      console.log(
        `${requests.length} requests, ${attempts.length} calls, ${whole.size} whole answers, ` +
          `${crashed} crashed, ${unsent} never sent`
      )
      assert(crashed > rounds && whole.size > rounds && attempts.length > requests.length)
    })
)
