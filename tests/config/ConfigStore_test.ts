import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes
} from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { PolicyOptions } from "../../src/config/PolicyOptions.ts"
import { defaultTraffic } from "../../src/config/Traffic.ts"
import { law, test } from "../kit/effect.ts"
import { temporaryFolder } from "../kit/gateway.ts"
import { forgetful, keeping, known, terms } from "./store.ts"

test("with no file and no changes the defaults hold", () =>
  Effect.gen(function* () {
    const store = yield* forgetful()
    assertEquals(store.current().policies, defaultTraffic.policies)
    assertEquals(store.current().loadBalancing, defaultTraffic.loadBalancing)
    assertEquals(store.model("a").shown, {
      enabled: true,
      priority: 1,
      rate_limit: { requests_per_minute: null, tokens_per_minute: null, concurrency: null },
      fallback_models: [],
      parameters: { default_temperature: null, max_tokens: null },
      stream_recovery: "fail",
      reroute_filtered: false,
      on_disconnect: "cancel"
    })
    assertEquals(store.loadBalancing().shown, {
      strategy: "round_robin",
      health_check_interval: 30,
      failure_threshold: 3,
      recovery_threshold: 2,
      weights: {}
    })
    assertEquals(store.history(), [])
  }))

test("what is put holds for the next request, and a request under way keeps what it has", () =>
  Effect.gen(function* () {
    const store = yield* forgetful()
    const before = store.current()
    const { shown, version } = yield* store.putModel("a", {
      enabled: false,
      rate_limit: { requests_per_minute: 60 },
      fallback_models: ["b", "c"]
    }, terms())
    assertEquals(version, 1)
    assertEquals(shown, store.model("a").shown)
    const policy = store.current().policies.get("a")
    assertEquals(policy?.enabled, false)
    assertEquals(policy?.limits.requestsPerMinute, 60)
    assertEquals(policy?.fallbackModels, ["b", "c"])
    assertEquals(policy?.streamRecovery, "resume")
    assertEquals([before.version, before.policies.size], [0, 0])
    yield* store.putLoadBalancing({ strategy: "least_busy", weights: { a: 0.4, b: 0 } }, terms())
    const { loadBalancing } = store.current()
    assertEquals(loadBalancing.strategy, "least_busy")
    assertEquals(loadBalancing.weights, new Map([["a", 0.4], ["b", 0]]))
  }))

test("a runtime change counts before the file, field by field, and null lifts a limit", () =>
  Effect.gen(function* () {
    const store = yield* forgetful({
      models: {
        a: {
          enabled: false,
          priority: 7,
          rate_limit: { requests_per_minute: 10, concurrency: 3 },
          parameters: { max_tokens: 100, default_temperature: 1 }
        }
      },
      load_balancing: { strategy: "random", failure_threshold: 9 }
    })
    assertEquals(store.current().policies.get("a")?.enabled, false)
    yield* store.putModel("a", {
      enabled: true,
      rate_limit: { requests_per_minute: null, tokens_per_minute: 5 },
      parameters: { max_tokens: 50 }
    }, terms())
    const { shown } = store.model("a")
    assertEquals(
      [shown.enabled, shown.priority, shown.rate_limit, shown.parameters],
      [
        true,
        7,
        { requests_per_minute: null, tokens_per_minute: 5, concurrency: 3 },
        { max_tokens: 50, default_temperature: 1 }
      ]
    )
    assertEquals(store.current().models.get("a")?.enabled, true)
    yield* store.putLoadBalancing({ strategy: "priority" }, terms())
    const balancing = store.loadBalancing().shown
    assertEquals([balancing.strategy, balancing.failure_threshold], ["priority", 9])
    // A later change replaces the earlier one whole: the file shows through again.
    yield* store.putModel("a", {}, terms())
    assertEquals(store.model("a").shown.rate_limit.requests_per_minute, 10)
    assertEquals(store.model("a").shown.enabled, false)
  }))

law(
  "what is shown of a model can be put back, and then nothing changes",
  PolicyOptions,
  (options) =>
    Effect.gen(function* () {
      const store = yield* forgetful()
      const { fallback_models: _, ...rest } = options
      const first = yield* store.putModel("a", rest, terms())
      const body = yield* Schema.decodeUnknownEffect(PolicyOptions)(first.shown)
      const second = yield* store.putModel("a", body, terms({ ifMatch: first.etag }))
      assertEquals(second.changes, [])
      return second.etag === first.etag
    })
)

test("changes outlive the process, with their history", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const first = yield* keeping(folder)
    yield* TestClock.setTime(Date.UTC(2026, 0, 2, 3, 4, 5))
    yield* first.putModel("a", { priority: 3 }, terms())
    yield* first.putLoadBalancing({ weights: { a: 1 } }, terms({ by: "bob" }))
    const second = yield* keeping(folder)
    assertEquals(second.current(), first.current())
    assertEquals(second.history(), first.history())
    assertEquals(second.history(), [
      {
        version: 2,
        at: "2026-01-02T03:04:05.000Z",
        by: "bob",
        action: "put",
        changes: [{ path: "load_balancing.weights.a", before: null, after: 1 }]
      },
      {
        version: 1,
        at: "2026-01-02T03:04:05.000Z",
        by: "ada",
        action: "put",
        changes: [{ path: "models.a.priority", before: 1, after: 3 }]
      }
    ])
    const { version } = yield* second.putModel("b", { priority: 4 }, terms())
    assertEquals(version, 3)
    const info = Deno.statSync(`${folder}/config.json`)
    assertEquals((info.mode ?? 0) & 0o777, 0o600)
    assertEquals(Array.from(Deno.readDirSync(folder), ({ name }) => name), ["config.json"])
  }))

test("a change that cannot be kept is not in force", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const store = yield* keeping(folder)
    yield* store.putModel("a", { priority: 3 }, terms())
    const before = store.current()
    // Nothing can be written where a folder stands.
    Deno.mkdirSync(`${folder}/config.json.draft/full`, { recursive: true })
    const error = yield* Effect.flip(store.putModel("a", { priority: 4 }, terms()))
    assertEquals(error._tag, "ConfigStoreError")
    assertStringIncludes(error._tag === "ConfigStoreError" ? error.message : "", folder)
    assert(store.current() === before)
    assertEquals(store.history().length, 1)
    Deno.removeSync(`${folder}/config.json.draft`, { recursive: true })
    assertEquals((yield* store.putModel("a", { priority: 4 }, terms())).version, 2)
  }))

test("a file of changes that is not whole stops the start, and is left as it is", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const path = `${folder}/config.json`
    for (const text of ["", "{", '{"format":2}', '{"format":1,"version":1,"models":{}}']) {
      Deno.writeTextFileSync(path, text)
      const { message } = yield* Effect.flip(keeping(folder))
      assertMatch(message, /not as Penstock writes it/)
      assertEquals(Deno.readTextFileSync(path), text)
    }
  }))

test("of two who changed the same thing, the one who read it before is refused", () =>
  Effect.gen(function* () {
    const store = yield* forgetful()
    const { etag } = store.model("a")
    const put = (priority: number, ifMatch: string) =>
      store.putModel("a", { priority }, terms({ ifMatch }))
    const first = yield* put(2, etag)
    const refusal = yield* Effect.flip(put(3, etag))
    assertEquals(refusal._tag === "ConfigConflict" && refusal.etag, first.etag)
    assertEquals(store.model("a").shown.priority, 2)
    yield* put(3, `"other", ${first.etag}`)
    yield* put(4, "*")
    // A weak tag does not say that it is the very same.
    assertEquals((yield* Effect.flip(put(5, `W/${store.model("a").etag}`)))._tag, "ConfigConflict")
    const balancing = store.loadBalancing().etag
    const spread = (failure_threshold: number) =>
      store.putLoadBalancing({ failure_threshold }, terms({ ifMatch: balancing }))
    yield* spread(5)
    assertEquals((yield* Effect.flip(spread(6)))._tag, "ConfigConflict")
    // A change of one model is none of another's.
    const other = store.model("b").etag
    yield* store.putModel("a", { priority: 9 }, terms())
    yield* store.putModel("b", { priority: 9 }, terms({ ifMatch: other }))
  }))

test("of a hundred who change the same thing at once, each knowing what holds, one succeeds", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const store = yield* keeping(folder)
    const { etag } = store.model("a")
    const exits = yield* Effect.forEach(
      Array.from({ length: 100 }, (_, index) => index + 2),
      (priority) => Effect.exit(store.putModel("a", { priority }, terms({ ifMatch: etag }))),
      { concurrency: "unbounded" }
    )
    assertEquals(exits.filter(({ _tag }) => _tag === "Success").length, 1)
    assertEquals(store.current().version, 1)
  }))

test("changes of different models at the same time are all kept", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const store = yield* keeping(folder)
    yield* Effect.forEach(
      [...known],
      (id) => store.putModel(id, { priority: 9 }, terms()),
      { concurrency: "unbounded" }
    )
    const kept = yield* keeping(folder)
    for (const id of known) assertEquals(kept.model(id).shown.priority, 9, id)
    assertEquals(kept.history().map(({ version }) => version), [4, 3, 2, 1])
  }))

test("a dry run tells what would change, and changes nothing", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const store = yield* keeping(folder)
    const before = store.current()
    const dry = terms({ dryRun: true })
    const told = yield* store.putModel("a", { priority: 3, fallback_models: ["b"] }, dry)
    assertEquals(told.changes, [
      { path: "models.a.priority", before: 1, after: 3 },
      { path: "models.a.fallback_models", before: [], after: ["b"] },
      { path: "models.a.stream_recovery", before: "fail", after: "resume" }
    ])
    assertEquals([told.version, told.shown.priority], [0, 3])
    yield* store.putLoadBalancing({ weights: { a: 1 } }, dry)
    assertEquals(
      (yield* Effect.flip(store.putModel("a", { fallback_models: ["a"] }, dry)))._tag,
      "ConfigInvalid"
    )
    assert(store.current() === before)
    assertEquals(Array.from(Deno.readDirSync(folder)), [])
  }))

test("what changes nothing is no version", () =>
  Effect.gen(function* () {
    const store = yield* forgetful()
    yield* store.putModel("a", { priority: 3 }, terms())
    yield* store.putModel("a", { priority: 3 }, terms())
    yield* store.putModel("b", {}, terms())
    yield* store.putLoadBalancing({}, terms())
    yield* store.rollback(1, terms())
    assertEquals(store.current().version, 1)
  }))

test("rollback makes the runtime changes what they were, as a new version", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const store = yield* keeping(folder)
    const shown =
      () => [store.model("a").shown, store.model("b").shown, store.loadBalancing().shown]
    const states = [shown()]
    yield* store.putModel("a", { priority: 3 }, terms())
    states.push(shown())
    yield* store.putLoadBalancing({ weights: { a: 1 } }, terms())
    states.push(shown())
    yield* store.putModel("a", { priority: 4 }, terms())
    yield* store.putModel("b", { priority: 5 }, terms())
    states.push(shown(), shown())
    const now = store.current()
    const dry = yield* store.rollback(1, terms({ dryRun: true }))
    assert(store.current() === now)
    const { version, changes } = yield* store.rollback(1, terms({ by: "bob" }))
    assertEquals(version, 5)
    assertEquals(changes, dry.changes)
    assertEquals(changes.map(({ path }) => path), [
      "models.a.priority",
      "models.b.priority",
      "load_balancing.weights.a"
    ])
    assertEquals(shown(), states[1])
    const [latest] = store.history()
    assertEquals([latest?.action, latest?.by], ["rollback", "bob"])
    // A rollback can be rolled back, also after a restart; 0 is before the first change.
    const again = yield* keeping(folder)
    yield* again.rollback(4, terms())
    assertEquals(again.model("b").shown, states[4]?.[1])
    yield* again.rollback(0, terms())
    assertEquals([again.model("a").shown, again.model("b").shown], states[0]?.slice(0, 2))
    assertEquals(again.loadBalancing().shown, states[0]?.[2])
    for (const version of [-1, 8, 0.5, Number.NaN]) {
      assertEquals((yield* Effect.flip(again.rollback(version, terms())))._tag, "UnknownVersion")
    }
  }))

test("a rollback to what no longer holds together is refused with the path", () =>
  Effect.gen(function* () {
    const store = yield* forgetful()
    yield* store.putModel("a", { fallback_models: ["d"] }, terms())
    yield* store.putModel("a", {}, terms())
    const error = yield* Effect.flip(store.rollback(1, terms({ known: new Set(["a", "b"]) })))
    assertEquals(error._tag === "ConfigInvalid" && error.issues, [
      { path: ["models", "a", "fallback_models", 0], message: 'There is no model "d"' }
    ])
    assertEquals(store.current().version, 2)
  }))

test("the last hundred changes are kept, and no version before them can be had back", () =>
  Effect.gen(function* () {
    const store = yield* forgetful()
    for (let priority = 2; priority < 132; priority++) {
      yield* store.putModel("a", { priority }, terms())
    }
    const history = store.history()
    assertEquals([history.length, history[0]?.version, history.at(-1)?.version], [100, 130, 31])
    assertEquals((yield* Effect.flip(store.rollback(29, terms())))._tag, "UnknownVersion")
    yield* store.rollback(30, terms())
    assertEquals(store.model("a").shown.priority, 31)
  }))

test("an edited file is in force at once, below what was changed while the gateway ran", () =>
  Effect.gen(function* () {
    const folder = yield* temporaryFolder
    const store = yield* keeping(folder, { models: { a: { priority: 2 } } })
    yield* store.putModel("a", { enabled: false }, terms())
    const { version, changes } = yield* store.putFile({
      models: { a: { priority: 5, enabled: true }, b: { name: "B" } },
      limits: { key: { requests_per_minute: 9 }, keys: { k: { concurrency: 1 } } }
    }, terms().known)
    assertEquals(version, 2)
    assertEquals(changes.map(({ path, after }) => [path, after]), [
      ["models.a.priority", 5],
      ["models.a.enabled", true],
      ["models.b.name", "B"],
      ["limits.key.requests_per_minute", 9],
      ["limits.keys.k.concurrency", 1]
    ])
    const { policies, models, keyLimits } = store.current()
    assertEquals([policies.get("a")?.priority, policies.get("a")?.enabled], [5, false])
    assertEquals(models.get("b")?.name, "B")
    assertEquals(keyLimits.all.requestsPerMinute, 9)
    assertEquals(keyLimits.byId.get("k"), {
      requestsPerMinute: 9,
      tokensPerMinute: undefined,
      concurrency: 1
    })
    assertEquals([store.history()[0]?.by, store.history()[0]?.action], ["file", "file"])
    assertNotEquals((yield* keeping(folder)).current().version, 1)
    // The file is not the API's to change.
    yield* store.rollback(0, terms())
    assertEquals(store.model("a").shown.priority, 5)
    assertEquals(store.model("a").shown.enabled, true)
  }))

test("an edit of the file is refused for what it makes wrong, not for what was wrong before", () =>
  Effect.gen(function* () {
    const file = { models: { a: { fallback_models: ["gone"] } } }
    const store = yield* forgetful(file)
    const put = (more: object) => store.putFile({ ...file, ...more }, terms().known)
    yield* put({ limits: { key: { concurrency: 2 } } })
    const error = yield* Effect.flip(put({ load_balancing: { weights: { lost: 1 } } }))
    assertEquals(error.issues.map(({ path }) => path.join(".")), ["load_balancing.weights.lost"])
    yield* store.putModel("c", { fallback_models: ["d"] }, terms())
    const cycle = yield* Effect.flip(put({ models: { d: { fallback_models: ["c"] } } }))
    assertEquals(cycle.issues.map(({ path }) => path.join(".")).toSorted(), [
      "models.c.fallback_models.0",
      "models.d.fallback_models.0"
    ])
    assertEquals(store.current().keyLimits.all.concurrency, 2)
  }))
