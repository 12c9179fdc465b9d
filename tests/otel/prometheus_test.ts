import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { query, type Series } from "../../otel/draw/Prometheus.ts"
import { liveTest } from "../kit/effect.ts"
import { temporaryFolder } from "../kit/gateway.ts"
import * as Prometheus from "../kit/prometheus.ts"
import {
  type Expression,
  folder,
  ofDashboards,
  ofRules,
  readFile,
  selectorsIn
} from "./expressions.ts"
import * as Load from "./load.ts"

const withPrometheus = await Prometheus.available()
if (!withPrometheus) {
  console.log("Skipped: what Prometheus says, as it is not here and cannot be installed")
}

/** The files of `otel/` in a folder, as compose.yaml lays them out, but for what `changes` say. */
const layOut = (changes: ReadonlyArray<readonly [from: string, to: string]>) =>
  Effect.map(temporaryFolder, (path) => {
    const text = changes.reduce((text, [from, to]) => {
      assert(text.includes(from), from)
      return text.replaceAll(from, to)
    }, readFile("prometheus.yml"))
    Deno.writeTextFileSync(`${path}/prometheus.yml`, text)
    Deno.copyFileSync(`${folder}alerts.yml`, `${path}/alerts.yml`)
    Deno.copyFileSync(new URL("alerts.yaml", import.meta.url), `${path}/alerts.yaml`)
    return path
  })

const credentials = "/run/secrets/penstock_scrape_token"

liveTest(
  "Prometheus takes the configuration, the rules, and what each alert is to say when",
  () =>
    Effect.gen(function* () {
      const path = yield* layOut([[credentials, "token"]])
      Deno.writeTextFileSync(`${path}/token`, "secret")
      for (
        const args of [
          ["check", "config", `${path}/prometheus.yml`],
          ["check", "rules", `${path}/alerts.yml`],
          ["test", "rules", `${path}/alerts.yaml`]
        ]
      ) {
        const { success, text } = yield* Prometheus.promtool(...args)
        assert(success, text)
      }
    }),
  { ignore: !withPrometheus }
)

/** What is still wrong with `expression`; nothing where it finds something, and names it. */
const faultOf = async (url: string, { where, expr, labels }: Expression) => {
  const at = Date.now() / 1000
  const ask = (text: string) => query(url, text, { at }).catch((error): string => String(error))
  for (const selector of selectorsIn(expr)) {
    const found = await ask(selector)
    if (typeof found === "string" || found.length === 0) return `${where}: no ${selector}`
  }
  const found = await ask(expr)
  if (typeof found === "string") return `${where}: ${found}`
  const told = found.filter(({ points }) => points.some(([, value]) => Number.isFinite(value)))
  if (told.length === 0) return `${where}: no data: ${expr}`
  const nameless = labels.filter((label) => !told.some((one: Series) => one.labels[label]))
  return nameless.length === 0 ? undefined : `${where}: nothing has the label ${nameless}`
}

/** What Prometheus says of itself at `path`. */
const tell = (url: string, path: string) =>
  Effect.promise(() => fetch(`${url}/api/v1/${path}`).then((answer) => answer.json()))

liveTest(
  "every expression of every dashboard and alert finds data in a loaded Penstock",
  () =>
    Effect.gen(function* () {
      const { host, round, token } = yield* Load.open
      const path = yield* layOut([
        ["15s", "1s"],
        [credentials, "token"],
        ["penstock:8000", host]
      ])
      Deno.writeTextFileSync(`${path}/token`, token)
      const url = yield* Prometheus.start(path)
      yield* Effect.forkScoped(Effect.forever(round))

      let missing = [...ofDashboards({ range: 60, rateInterval: 20 }), ...ofRules]
      assert(missing.length > 100)
      let faults: ReadonlyArray<string> = []
      const look = Effect.promise(async () => {
        const looked = await Promise.all(
          missing.map(async (one) => [one, await faultOf(url, one)] as const)
        )
        missing = looked.flatMap(([one, fault]) => fault === undefined ? [] : [one])
        faults = looked.flatMap(([, fault]) => fault ?? [])
      })
      // Data comes with every scrape; what is there once has been shown.
      yield* Effect.sleep("500 millis").pipe(
        Effect.andThen(look),
        Effect.repeat({ until: () => missing.length === 0 }),
        Effect.timeoutOption("35 seconds")
      )
      assertEquals(faults, [])

      const targets = yield* tell(url, "targets")
      const penstock = targets.data.activeTargets.find((
        { scrapePool }: { readonly scrapePool: string }
      ) => scrapePool === "penstock")
      assertEquals([penstock.health, penstock.lastError], ["up", ""])
      const rules = yield* tell(url, "rules")
      interface Rule {
        readonly name: string
        readonly lastError?: string
      }
      const all: ReadonlyArray<Rule> = rules.data.groups.flatMap(
        ({ rules }: { readonly rules: ReadonlyArray<Rule> }) => rules
      )
      assert(all.length > 25)
      assertEquals(all.filter(({ lastError }) => lastError), [])
    }),
  // Exporters leave a timer behind, and so does whoever leaves in the last round.
  { ignore: !withPrometheus, sanitizeOps: false, sanitizeResources: false }
)
