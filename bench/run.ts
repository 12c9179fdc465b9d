/**
 * The benchmark: every gateway as a process of its own in front of the same upstream, visited in turn
 * under the same loads, side by side in one Markdown report on standard output.
 *
 * ```
 * deno task bench [--quick] [--surfaces] [--only passthrough,pump,penstock,portkey]
 *   [--loads unary,stream,paced] [--rounds N] [--seconds N] [--json FILE]
 * ```
 *
 * Ends with 0 where all went well, 1 where answers failed or a target was missed (`--quick` does not
 * judge targets), 2 where a gateway of ours did not run.
 *
 * @module
 */
import { type Gateway, gateways, script, surfaceNames } from "./gateways.ts"
import { type Listening, residentMemory } from "./processes.ts"
import { judge, type Measured, table, titleOf, verdicts } from "./report.ts"
import { full, type Plan, quick, type Scenario } from "./scenarios.ts"
import { median, type Visit, visit } from "./Visit.ts"

const option = (name: string): string | undefined => {
  const at = Deno.args.indexOf(name)
  return at < 0 ? undefined : Deno.args[at + 1]
}
const isQuick = Deno.args.includes("--quick")
const only = option("--only")?.split(",") ??
  (Deno.args.includes("--surfaces")
    ? ["penstock", ...surfaceNames]
    : gateways.map(({ name }) => name).filter((name) => !surfaceNames.includes(name)))
const loads = option("--loads")?.split(",")
const seconds = option("--seconds")
const whole = isQuick ? quick : full
const plan: Plan = {
  ...whole,
  scenarios: whole.scenarios
    .filter(({ kind }) => !loads || loads.includes(kind))
    .map((scenario) =>
      seconds && scenario.kind !== "paced" ? { ...scenario, seconds: Number(seconds) } : scenario
    )
}
const rounds = Number(option("--rounds") ?? plan.rounds)
const progress = (text: string) => Deno.stderr.writeSync(new TextEncoder().encode(text))

/** A gateway that runs. */
interface Running {
  readonly gateway: Gateway
  readonly listening: Listening
}

const upstream = await script("upstream.ts")
const upstreamUrl = `http://127.0.0.1:${upstream.port}`
const running: Array<Running> = []
const absent: Array<readonly [name: string, why: string]> = []
const toStop = [upstream.stop]
const stopAll = () => Promise.all(toStop.splice(0).map((stop) => stop()))
Deno.addSignalListener("SIGINT", () => stopAll().then(() => Deno.exit(130)))

const ask = (gateway: Gateway, { events, pace }: Scenario) =>
  gateway.ask(`events=${events} pace=${pace}`, events > 0, upstreamUrl)

/** Has a new gateway answer each kind of request until it has compiled what it runs hot: some 20,000 requests. */
const warmUp = async (gateway: Gateway, listening: Listening) => {
  for (const { kind, ...rest } of plan.scenarios.slice(0, isQuick ? 2 : plan.scenarios.length)) {
    if (kind === "paced") continue
    const scenario: Scenario = { ...rest, kind, seconds: isQuick ? 0.2 : 3 }
    const { failed, failure } = await visit(scenario, listening, ask(gateway, scenario))
    if (failed > 0) throw new Error(`${titleOf(scenario)}: ${failed} failed: ${failure}`)
  }
}

/** Starts every gateway that was asked for, and says why one is left out. */
const startAll = async () => {
  for (const gateway of gateways) {
    if (!only.includes(gateway.name)) continue
    progress(`starting ${gateway.name} ... `)
    try {
      const listening = await gateway.start(upstreamUrl)
      toStop.push(listening.stop)
      await warmUp(gateway, listening).catch(async (error) => {
        await listening.stop()
        throw error
      })
      running.push({ gateway, listening })
      progress("ready\n")
    } catch (error) {
      const why = error instanceof Error ? error.message.replace(/\s+/g, " ") : String(error)
      absent.push([gateway.name, why])
      progress(`left out: ${why}\n`)
    }
  }
}

const raw: Array<{ scenario: Scenario; visits: Record<string, Array<Visit>> }> = []
const measured: Array<Measured> = []

/** Visits every gateway under every load, in turn. */
const measureAll = async () => {
  for (const scenario of plan.scenarios) {
    const visits: Record<string, Array<Visit>> = {}
    for (const { gateway } of running) visits[gateway.name] = []
    for (let round = 0; round < rounds; round++) {
      progress(`${titleOf(scenario)}, round ${round + 1} of ${rounds}:`)
      for (const { gateway, listening } of round % 2 === 0 ? running : running.toReversed()) {
        const one = await visit(scenario, listening, ask(gateway, scenario))
        visits[gateway.name]!.push(one)
        progress(` ${gateway.name} ${Math.round(one.rate)}/s`)
      }
      progress("\n")
    }
    raw.push({ scenario, visits })
    const figures = new Map(Object.entries(visits).map(([name, all]) => [name, median(all)]))
    measured.push({ scenario, figures, visits: new Map(Object.entries(visits)) })
  }
}

const memory = new Map<string, number>()
try {
  await startAll()
  await measureAll()
  for (const { gateway, listening } of running) {
    memory.set(gateway.name, residentMemory(listening.pid))
  }
} finally {
  await stopAll()
}

const judged = judge(measured)
const cpu = /^model name\s*: (.*)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? "?"
const machine = `${navigator.hardwareConcurrency} × ${cpu}, Deno ${Deno.version.deno}`
console.log([
  `Measured ${new Date().toISOString().slice(0, 10)} on ${machine}; median of ${rounds} rounds` +
  `${isQuick ? ". A smoke run: the numbers mean nothing" : ""}.\n`,
  ...measured.map(table),
  `Resident memory at the end: ${
    [...memory].map(([name, megabytes]) => `${name} ${megabytes.toFixed(0)} MB`).join(", ")
  }.\n`,
  ...absent.map(([name, why]) => `Not measured: ${name} (${why}).\n`),
  verdicts(judged)
].join("\n"))

const file = option("--json")
if (file) {
  const numbers = { machine, rounds, raw, memory: Object.fromEntries(memory), absent, judged }
  await Deno.writeTextFile(file, `${JSON.stringify(numbers, undefined, 2)}\n`)
}

// Portkey is not ours, and comes from the network: without it, the rest still counts.
const isOurs = ([name]: readonly [string, unknown]) => name !== "portkey"
const anyFailed = measured.some(({ figures }) =>
  [...figures].filter(isOurs).some(([, { failed }]) => failed > 0)
)
const missed = !isQuick && judged.some(({ met }) => !met)
Deno.exit(absent.some(isOurs) ? 2 : anyFailed || missed ? 1 : 0)
