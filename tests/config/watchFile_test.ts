import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import { TestClock } from "effect/testing"
import { parseConfigFile } from "../../src/config/readFile.ts"
import { makeLook, type Surroundings, watchFile } from "../../src/config/watchFile.ts"
import { test } from "../kit/effect.ts"
import { temporaryFolder } from "../kit/gateway.ts"
import { forgetful, known, sourceOf, terms } from "./store.ts"

const surroundings: Surroundings = { providers: new Set(["openai"]), models: () => known }

/** A file that was read at the start, and what looks at it from then on. */
const watched = Effect.fnUntraced(function* (text: string | undefined, startedAs = text) {
  const path = `${yield* temporaryFolder}/penstock.yaml`
  const edit = (text: string) => Deno.writeTextFileSync(path, text)
  if (text !== undefined) edit(text)
  const contents = startedAs === undefined ? {} : yield* parseConfigFile(path, startedAs)
  const store = yield* forgetful(contents)
  const source = { ...sourceOf(contents, path), isThere: startedAs !== undefined }
  const lines: Array<string> = []
  const look = Effect.provide(
    makeLook(store, source, surroundings),
    Logger.layer([
      Logger.make(({ logLevel, message }) => void lines.push(`${logLevel}: ${String(message)}`))
    ])
  )
  /** Until an edit has stood from one look to the next. */
  const settle = Effect.andThen(look, look)
  return { path, edit, store, source, look, settle, lines }
})

test("a good edit is in force once it has stood for one look, and is logged once", () =>
  Effect.gen(function* () {
    const { edit, store, look, settle, lines } = yield* watched("models: {a: {priority: 2}}\n")
    yield* settle
    assertEquals([store.current().version, lines], [0, []])
    edit(
      "models: {a: {priority: 3, fallback_models: [house]}, house: {provider: openai}}\n" +
        "load_balancing: {strategy: random, weights: {a: 1, house: 2}}\n" +
        "limits: {key: {requests_per_minute: 5}}\n"
    )
    yield* look
    assertEquals(store.current().version, 0)
    yield* Effect.repeat(look, { times: 3 })
    const { version, policies, models, loadBalancing, keyLimits } = store.current()
    assertEquals(version, 1)
    assertEquals(policies.get("a")?.priority, 3)
    assertEquals(models.get("house")?.provider, "openai")
    assertEquals([loadBalancing.strategy, loadBalancing.weights.size], ["random", 2])
    assertEquals(keyLimits.all.requestsPerMinute, 5)
    assertEquals(lines.length, 1)
    assertMatch(
      lines[0]!,
      /^Info: The edit of .*penstock\.yaml is in force as version 1: models\.a/
    )
  }))

test("half of a file that is being written is not taken up", () =>
  Effect.gen(function* () {
    const { edit, store, look } = yield* watched("models: {}\n")
    edit("models:\n  a: {rate_limit: {concurrency: 1}}\n")
    yield* look
    edit("models:\n  a: {rate_limit: {concurrency: 12}}\n")
    yield* look
    assertEquals(store.current().version, 0)
    yield* look
    assertEquals(store.model("a").shown.rate_limit.concurrency, 12)
  }))

test("an edit between the reading at the start and the first look is not lost", () =>
  Effect.gen(function* () {
    const { store, settle } = yield* watched("models: {a: {priority: 3}}", "models: {}")
    yield* settle
    assertEquals(store.model("a").shown.priority, 3)
  }))

const bad: Record<string, readonly [string, RegExp]> = {
  "that is no YAML": ["models: [\n", /^file: /],
  "with a setting that is none": ["models: {a: {colour: red}}", /^models\.a\.colour: there is no/],
  "with a value out of range": [
    "load_balancing: {failure_threshold: -1}",
    /^load_balancing\.failure_threshold: /
  ],
  "with a model that nobody has": [
    "models: {a: {fallback_models: [gone]}}",
    /^models\.a\.fallback_models\.0: There is no model "gone"$/
  ],
  "with a model that falls back on itself": [
    "models: {a: {fallback_models: [b]}, b: {fallback_models: [a]}}",
    /^models\.a\.fallback_models\.0: .*; models\.b\.fallback_models\.0: /
  ],
  "with shares of nothing": ["load_balancing: {weights: {a: 0}}", /^load_balancing\.weights: /],
  "with a provider that was not started": [
    "models: {a: {provider: other}, b: {deployments: [{provider: openai}, {provider: no}]}}",
    /^models\.a\.provider: .*"other"; models\.b\.deployments\.1\.provider: .*"no"$/
  ],
  "with a model of a provider that is new": [
    "providers: {x: {dialect: openai, base_url: 'http://x/v1'}}\nmodels: {a: {provider: x}}",
    /^models\.a\.provider: provider "x" is new, .*start Penstock again/
  ],
  "with a variable that is not set": ["auth: {api_key: '${PENSTOCK_NOT_SET}'}", /PENSTOCK_NOT_SET/]
}

for (const [name, [text, expected]] of Object.entries(bad)) {
  test(`an edit ${name} leaves what holds, and is told once in the log and as the fault`, () =>
    Effect.gen(function* () {
      const { edit, store, look, settle, lines } = yield* watched("models: {a: {priority: 2}}\n")
      yield* settle
      const before = store.current()
      edit(text)
      yield* Effect.repeat(look, { times: 4 })
      assert(store.current() === before)
      assertMatch(store.fileFault() ?? "", expected)
      assertEquals(lines.length, 1)
      assertMatch(lines[0]!, /^Error: The edit of .* is not in force/)
      assertStringIncludes(lines[0]!, store.fileFault()!)
      edit("models: {a: {priority: 4}}\n")
      yield* settle
      assertEquals([store.fileFault(), store.model("a").shown.priority], [undefined, 4])
    }))
}

test("what needs a restart is named in the log, without its values, and the rest is in force", () =>
  Effect.gen(function* () {
    const { edit, store, settle, lines } = yield* watched("server: {port: 1}\n")
    edit(
      "server: {port: 2}\nauth: {api_key: a-secret-of-the-operator}\ntimeouts: {idle_seconds: 9}\n" +
        "limits: {requests_at_once: 3, key: {concurrency: 4}}\nretries: {attempts: 2}\n" +
        "simulator: {seed: 4}\nproviders: {openai: {api_key: sk-another-secret}}\n"
    )
    yield* settle
    assertEquals(store.current().keyLimits.all.concurrency, 4)
    assertEquals(lines.length, 2)
    assertMatch(
      lines[1]!,
      /^Warn: .* waits for a restart .*: server, auth, limits, timeouts, retries, simulator, providers \(openai added\)$/
    )
    assert(!lines.join().includes("secret"))
    assertEquals(store.fileFault(), undefined)
  }))

test("of providers the log names those that are new, others or gone", () =>
  Effect.gen(function* () {
    const own = (name: string) => `{dialect: openai, base_url: "http://${name}/v1"}`
    const { edit, settle, lines } = yield* watched(
      `providers: {same: ${own("a")}, other: ${own("b")}, old: ${own("c")}}\n`
    )
    edit(`providers: {same: ${own("a")}, other: ${own("z")}, young: ${own("d")}}\n`)
    yield* settle
    assertEquals(lines.length, 1)
    assertMatch(
      lines[0]!,
      /^Warn: .* restart .*: providers \(other changed, old removed, young added\)$/
    )
  }))

test("a file that goes away leaves what it said, and that is a fault until it is back", () =>
  Effect.gen(function* () {
    const { path, edit, store, settle } = yield* watched("models: {a: {priority: 2}}\n")
    yield* settle
    Deno.removeSync(path)
    yield* settle
    assertEquals(store.model("a").shown.priority, 2)
    assertMatch(store.fileFault() ?? "", /cannot be read/)
    edit("models: {a: {priority: 3}}\n")
    yield* settle
    assertEquals([store.fileFault(), store.model("a").shown.priority], [undefined, 3])
  }))

test("a file that was not there at the start is taken up, and one that is still not is no fault", () =>
  Effect.gen(function* () {
    const { path, edit, store, settle, lines } = yield* watched(undefined)
    yield* settle
    assertEquals([store.fileFault(), lines], [undefined, []])
    // Made and taken away before it was ever in force.
    edit("models: [")
    yield* settle
    assert(store.fileFault() !== undefined)
    Deno.removeSync(path)
    yield* settle
    assertEquals(store.fileFault(), undefined)
    edit("models: {a: {priority: 3}}\n")
    yield* settle
    assertEquals(store.model("a").shown.priority, 3)
  }))

test("a runtime change stands over an edit of the file", () =>
  Effect.gen(function* () {
    const { edit, store, settle } = yield* watched("models: {a: {priority: 2}}\n")
    yield* store.putModel("a", { priority: 9 }, terms())
    edit("models: {a: {priority: 3, enabled: false}}\n")
    yield* settle
    assertEquals([store.model("a").shown.priority, store.model("a").shown.enabled], [9, false])
  }))

test("the file is looked at once a second", () =>
  Effect.gen(function* () {
    const { edit, store, source } = yield* watched("models: {}\n")
    const fiber = yield* Effect.forkChild(watchFile(store, source, surroundings))
    edit("models: {a: {priority: 3}}\n")
    for (let turn = 0; turn < 10_000 && store.current().version === 0; turn++) {
      yield* TestClock.adjust("1 second")
      // The disk is real: it answers when it does.
      yield* Effect.promise(() => Deno.stat(source.path))
    }
    assertEquals(store.model("a").shown.priority, 3)
    yield* Fiber.interrupt(fiber)
  }))

test("what came out of the environment is neither logged nor told nor kept, only how it is written", () =>
  Effect.gen(function* () {
    const secret = "sk-very-secret-1234567890"
    const { edit, store, settle, lines } = yield* watched("models: {}\n")
    const sees = Effect.provideService(
      settle,
      ConfigProvider.ConfigProvider,
      ConfigProvider.fromEnvRecord({ KEY: secret })
    )
    for (
      const [text, expected] of [
        ["models: {a: {fallback_models: ['${KEY}']}}", 'There is no model "${KEY}"'],
        ["models: {a: {fallback_models: ['x-${KEY}']}}", 'There is no model "x-${KEY}"'],
        ["models: {a: {provider: '${KEY}'}}", 'there is no provider "${KEY}"'],
        [
          "models: {a: {deployments: [{provider: '${KEY}'}]}}",
          'models.a.deployments.0.provider: there is no provider "${KEY}"'
        ]
      ] as const
    ) {
      edit(text)
      yield* sees
      assertStringIncludes(store.fileFault() ?? "", expected)
    }
    edit(
      "models: {a: {upstream_model: '${KEY}', deployments: [{provider: openai, upstream_model: '${KEY}'}]}}"
    )
    yield* sees
    assertEquals(store.fileFault(), undefined)
    assertEquals(store.current().models.get("a")?.upstreamModel, secret)
    edit("models: {a: {priority: 2}}")
    yield* sees
    const told = JSON.stringify(store.history())
    assertStringIncludes(told, "${KEY}")
    assert(!(told + lines.join()).includes(secret))
  }))
