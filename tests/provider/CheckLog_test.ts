import { assertEquals, assertMatch } from "@std/assert"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { TestClock } from "effect/testing"
import { type FaultClass, UpstreamFault } from "../../src/domain/UpstreamFault.ts"
import { openai } from "../../src/protocol/openai/mod.ts"
import * as CheckLog from "../../src/provider/CheckLog.ts"
import { bearer } from "../../src/provider/Provider.ts"
import { defaultSize, type ProviderSettings } from "../../src/provider/ProviderSettings.ts"
import { test } from "../kit/effect.ts"

const settings: ProviderSettings = {
  provider: {
    id: "own",
    name: "own",
    dialect: openai(),
    baseUrl: "http://own/v1",
    environment: { apiKey: ["OWN_KEY"], baseUrl: undefined },
    authorize: bearer,
    models: []
  },
  baseUrl: "http://own/v1",
  apiKey: undefined,
  secrets: [],
  size: defaultSize,
  healthCheck: "models",
  probeModel: undefined,
  readiness: { ready: true },
  explicit: true
}

/** A log, and the lines that it writes down of a debug level and above. */
const logged = Effect.fnUntraced(function* (changes: Partial<ProviderSettings> = {}) {
  const clock = yield* Clock.clockWith(Effect.succeed)
  const lines: Array<string> = []
  const { failed, passed } = CheckLog.make({ ...settings, ...changes }, clock, "its list of models")
  const heard = Effect.provide(
    Logger.layer([
      Logger.make(({ logLevel, message }) => void lines.push(`${logLevel}: ${String(message)}`))
    ])
  )
  return {
    lines,
    fail: (kind: FaultClass) =>
      heard(failed(new UpstreamFault({ class: kind, message: "what the provider said" }))),
    pass: (models?: number) => heard(passed(models))
  }
})

test("a provider that cannot be asked is told once, with its address, the fault and what to do", () =>
  Effect.gen(function* () {
    for (
      const [kind, expected] of [
        ["connect", /nobody takes connections there\. Is it up, and is providers\.own\.base_url/],
        ["not_found", /no such path \(404\)\. Is providers\.own\.base_url .* before \/models\?/],
        ["auth", /does not take the key .* See to OWN_KEY or providers\.own\.api_key/],
        ["server", /it failed \(5xx\)/]
      ] as const
    ) {
      const { fail, lines } = yield* logged()
      for (let check = 0; check < 100; check++) {
        yield* fail(kind)
        yield* TestClock.adjust("30 seconds")
      }
      assertEquals(lines.length, 1, kind)
      assertMatch(lines[0]!, /^Warn: Provider "own" at http:\/\/own\/v1: its list of models cannot/)
      assertMatch(lines[0]!, expected)
      assertEquals(lines[0]!.includes("what the provider said"), false)
    }
  }))

test("faults that are mended alike are one trouble, and another trouble is told", () =>
  Effect.gen(function* () {
    const { fail, lines } = yield* logged()
    for (const kind of ["connect", "reset", "timeout_headers", "dns"] as const) yield* fail(kind)
    assertEquals(lines.length, 1)
    yield* fail("auth")
    assertEquals(lines.length, 2)
  }))

test("the first list is told, and the one after a trouble", () =>
  Effect.gen(function* () {
    const { fail, lines, pass } = yield* logged()
    yield* pass(1)
    yield* pass(2)
    yield* fail("connect")
    yield* pass(3)
    yield* pass(3)
    assertEquals(lines.filter((line) => !line.startsWith("Warn")), [
      'Info: Provider "own" at http://own/v1 lists 1 model',
      'Info: Provider "own" at http://own/v1 lists 3 models'
    ])
    assertEquals(lines.length, 3)
  }))

test("a check that is no list is told only where it goes well again", () =>
  Effect.gen(function* () {
    const { fail, lines, pass } = yield* logged()
    yield* pass()
    assertEquals(lines, [])
    yield* fail("auth")
    yield* pass()
    assertEquals(lines.length, 2)
    assertMatch(lines[1]!, /^Info: .* can be had again$/)
  }))

test("a trouble that comes and goes is told every ten minutes, and is not forgotten where it stays", () =>
  Effect.gen(function* () {
    const { fail, lines, pass } = yield* logged()
    for (let minute = 0; minute < 60; minute++) {
      yield* fail("server")
      yield* pass(1)
      yield* TestClock.adjust("1 minute")
    }
    assertEquals(lines.filter((line) => line.startsWith("Warn")).length, 6)
    const before = lines.length
    for (let minute = 0; minute < 60; minute++) {
      yield* fail("server")
      yield* TestClock.adjust("1 minute")
    }
    assertEquals(lines.slice(before).length, 1)
  }))

test("what passes by itself is not told, nor a server that nobody set up", () =>
  Effect.gen(function* () {
    const { fail, lines } = yield* logged()
    for (const kind of ["rate_limited", "overloaded", "busy", "crashed"] as const) yield* fail(kind)
    assertEquals(lines, [])
    const found = yield* logged({ explicit: false })
    yield* found.fail("connect")
    assertEquals(found.lines, [])
    // One that was there is missed.
    yield* found.pass(4)
    yield* found.fail("connect")
    assertEquals(found.lines.length, 2)
  }))
