import { assertEquals, assertMatch, assertNotEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import { liveTest } from "../../kit/effect.ts"
import { hello, type Setup, start, temporaryFolder } from "../../kit/gateway.ts"
import { ask, askJson, postJson } from "../upstreams.ts"

const simulator: Setup = { env: { PENSTOCK_SIMULATOR: "on" } }

/** Sends `body` as JSON, where there is one. */
const send = (method: string, url: string, body?: unknown, headers: Record<string, string> = {}) =>
  askJson(url, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body)
  })
const get = (url: string) => send("GET", url)

/** All that the open `/health` tells of a fault. */
const faultTold = "The configuration has a fault: GET /config/history tells it"

/** The examples of the contract. */
const model = {
  enabled: true,
  priority: 1,
  rate_limit: { requests_per_minute: 60, tokens_per_minute: 10_000 },
  fallback_models: ["gemini-pro", "gpt-3.5-turbo"],
  parameters: { default_temperature: 0.7, max_tokens: 2000 }
}
const balancing = {
  strategy: "round_robin",
  health_check_interval: 30,
  failure_threshold: 3,
  recovery_threshold: 2,
  weights: { "gemini-pro": 0.4, "gpt-4": 0.3, "claude-3": 0.3 }
}

liveTest(
  "a model's configuration is put, answered whole, and in force",
  () =>
    Effect.gen(function* () {
      const { api, url } = yield* start(simulator)
      const place = `${api}/config/models/gpt-4`
      const put = yield* send("PUT", place, model)
      assertEquals(put.status, 200)
      const whole = {
        ...model,
        rate_limit: { ...model.rate_limit, concurrency: null },
        stream_recovery: "resume",
        reroute_filtered: false,
        on_disconnect: "cancel"
      }
      assertEquals(put.body, whole)
      const got = yield* get(place)
      assertEquals([got.status, got.body], [200, whole])
      assertMatch(got.headers.get("etag") ?? "", /^"[\w-]+"$/)
      assertEquals(got.headers.get("etag"), put.headers.get("etag"))
      const head = yield* ask(place, { method: "HEAD" })
      assertEquals([head.status, head.text, head.headers.get("etag")], [
        200,
        "",
        got.headers.get("etag")
      ])
      // What was answered can be put as it stands, also at the older address.
      const again = yield* send("PUT", `${url}/api/llm/config/models/gpt-4`, got.body)
      assertEquals([again.status, again.body], [200, whole])
    })
)

liveTest("the load balancing is put, answered whole, and in force", () =>
  Effect.gen(function* () {
    const { api } = yield* start(simulator)
    const place = `${api}/config/load-balancing`
    const before = yield* get(place)
    assertEquals(before.body, { ...balancing, weights: {} })
    const put = yield* send("PUT", place, { ...balancing, strategy: "least_busy" })
    assertEquals([put.status, put.body], [200, { ...balancing, strategy: "least_busy" }])
    const got = yield* get(place)
    assertEquals(got.body, put.body)
    assertEquals(got.headers.get("etag"), put.headers.get("etag"))
    assertNotEquals(got.headers.get("etag"), before.headers.get("etag"))
  }))

liveTest("a change takes effect for the next request", () =>
  Effect.gen(function* () {
    const { api } = yield* start(simulator)
    const place = `${api}/config/models/simulator`
    const asked = () => postJson(`${api}/generate`, hello("simulator"))
    assertEquals((yield* asked()).status, 200)
    yield* send("PUT", place, { enabled: false })
    const refused = yield* asked()
    assertEquals([refused.status, refused.body.error.details.reason], [503, "disabled"])
    const { body } = yield* get(`${api}/models/simulator/status`)
    assertEquals(body.status, "disabled")
    yield* send("PUT", place, {})
    assertEquals((yield* asked()).status, 200)
  }))

liveTest("changes survive a restart", () =>
  Effect.gen(function* () {
    const PENSTOCK_DATA_DIR = yield* temporaryFolder
    const run = start({ env: { ...simulator.env, PENSTOCK_DATA_DIR } })
    yield* Effect.scoped(Effect.gen(function* () {
      const { api } = yield* run
      yield* send("PUT", `${api}/config/models/gpt-4`, model)
      yield* send("PUT", `${api}/config/load-balancing`, { strategy: "random" })
    }))
    const { api } = yield* run
    const { body } = yield* get(`${api}/config/models/gpt-4`)
    assertEquals(body.fallback_models, model.fallback_models)
    assertEquals((yield* get(`${api}/config/load-balancing`)).body.strategy, "random")
    assertEquals((yield* get(`${api}/config/history`)).body.version, 2)
  }))

liveTest(
  "what is wrong is refused with its path, and nothing changes",
  () =>
    Effect.gen(function* () {
      const { api } = yield* start(simulator)
      const place = `${api}/config/models/gpt-4`
      yield* send("PUT", `${api}/config/models/claude-3`, { fallback_models: ["gpt-4"] })
      const wrong: ReadonlyArray<readonly [string, unknown, ReadonlyArray<string>]> = [
        [place, { rate_limit: { requests_per_minute: -1 } }, ["rate_limit.requests_per_minute"]],
        [place, { rate_limit: { tokens_per_minute: 0 } }, ["rate_limit.tokens_per_minute"]],
        [place, { rate_limit: { concurrency: 1.5 } }, ["rate_limit.concurrency"]],
        [place, { parameters: { default_temperature: 3 } }, ["parameters.default_temperature"]],
        [place, { parameters: { max_tokens: "many" } }, ["parameters.max_tokens"]],
        [place, { enabled: "yes", priority: -1, colour: "red" }, ["colour", "enabled", "priority"]],
        [place, { fallback_models: ["gpt-4"] }, ["fallback_models.0"]],
        [place, { fallback_models: ["gemini-pro", "claude-3"] }, ["fallback_models.1"]],
        [place, { fallback_models: ["gpt-99", "auto"] }, [
          "fallback_models.0",
          "fallback_models.1"
        ]],
        [place, [], [""]],
        [`${api}/config/load-balancing`, { strategy: "best" }, ["strategy"]],
        [`${api}/config/load-balancing`, { failure_threshold: 0 }, ["failure_threshold"]],
        [`${api}/config/load-balancing`, { health_check_interval: 0 }, ["health_check_interval"]],
        [`${api}/config/load-balancing`, { weights: { "gpt-4": -1 } }, ["weights.gpt-4"]],
        [`${api}/config/load-balancing`, { weights: { "gpt-4": 0 } }, ["weights"]],
        [`${api}/config/load-balancing`, { weights: { "gpt-99": 1 } }, ["weights.gpt-99"]],
        [`${place}?dry_run=maybe`, {}, ["dry_run"]],
        [`${place}?dry_run=true&dry_run=false`, {}, ["dry_run"]]
      ]
      for (const [url, body, paths] of wrong) {
        const answer = yield* send("PUT", url, body)
        assertEquals([answer.status, answer.body.error.code], [400, "INVALID_REQUEST"], answer.text)
        const issues: ReadonlyArray<{ path: string }> = answer.body.error.details.issues
        assertEquals(issues.map(({ path }) => path).toSorted(), paths, answer.text)
      }
      assertEquals((yield* get(`${api}/config/history`)).body.version, 1)
    })
)

liveTest(
  "a body that is no JSON, too large, or of another type is refused as anywhere",
  () =>
    Effect.gen(function* () {
      const { api } = yield* start({ ...simulator, config: { limits: { body_bytes: 1000 } } })
      const place = `${api}/config/models/gpt-4`
      const refused = Effect.fnUntraced(function* (body: unknown, headers = {}) {
        const answer = yield* send("PUT", place, body, headers)
        const { code, details, request_id } = answer.body.error
        assertEquals([code, request_id], ["INVALID_REQUEST", answer.headers.get("x-request-id")])
        return [answer.status, details.reason]
      })
      assertEquals(yield* refused("{"), [400, "invalid_json"])
      assertEquals(yield* refused("[".repeat(100)), [400, "json_too_deep"])
      assertEquals(yield* refused("{}", { "content-type": "text/plain" }), [
        415,
        "unsupported_media_type"
      ])
      assertEquals(yield* refused(undefined), [415, "unsupported_media_type"])
      assertEquals(yield* refused({ x: "x".repeat(1000) }), [413, "request_too_large"])
    })
)

liveTest("a model that is not there has no configuration", () =>
  Effect.gen(function* () {
    const { api } = yield* start(simulator)
    for (const [method, body] of [["GET", undefined], ["PUT", {}]] as const) {
      const answer = yield* send(method, `${api}/config/models/gpt-99`, body)
      assertEquals([answer.status, answer.body.error.code], [404, "MODEL_NOT_FOUND"])
      assertEquals(answer.body.error.details.model, "gpt-99")
    }
  }))

liveTest(
  "a model with a slash in its name is reached by its encoded name",
  () =>
    Effect.gen(function* () {
      const { api } = yield* start({
        ...simulator,
        config: { models: { "house/one": { provider: "simulator" } } }
      })
      const place = `${api}/config/models/house%2Fone`
      assertEquals((yield* send("PUT", place, { priority: 4 })).status, 200)
      assertEquals((yield* get(place)).body.priority, 4)
    })
)

liveTest(
  "who changes what somebody else has changed since is refused with 412",
  () =>
    Effect.gen(function* () {
      const { api } = yield* start(simulator)
      for (const part of ["models/gpt-4", "load-balancing"]) {
        const place = `${api}/config/${part}`
        const etag = (yield* get(place)).headers.get("etag") ?? ""
        const [mine, yours] = part === "load-balancing"
          ? [{ failure_threshold: 5 }, { failure_threshold: 6 }]
          : [{ priority: 5 }, { priority: 6 }]
        assertEquals((yield* send("PUT", place, mine, { "if-match": etag })).status, 200)
        const late = yield* send("PUT", place, yours, { "if-match": etag })
        assertEquals([late.status, late.body.error.code], [412, "INVALID_REQUEST"])
        assertEquals(late.body.error.details, { reason: "config_conflict" })
        const { body, headers } = yield* get(place)
        assertEquals({ ...body, ...mine }, body)
        const now = headers.get("etag") ?? ""
        assertEquals((yield* send("PUT", place, yours, { "if-match": now })).status, 200)
      }
    })
)

liveTest("a dry run tells what would change, and changes nothing", () =>
  Effect.gen(function* () {
    const { api } = yield* start(simulator)
    const place = `${api}/config/models/gpt-4`
    const before = yield* get(place)
    const { status, body } = yield* send("PUT", `${place}?dry_run=true`, { priority: 9 })
    assertEquals([status, body], [200, {
      dry_run: true,
      changes: [{ path: "models.gpt-4.priority", before: 1, after: 9 }],
      result: { ...before.body, priority: 9 }
    }])
    const after = yield* get(place)
    assertEquals([after.body, after.headers.get("etag")], [
      before.body,
      before.headers.get("etag")
    ])
    const bad = yield* send("PUT", `${place}?dry_run=true`, { fallback_models: ["gpt-4"] })
    assertEquals(bad.status, 400)
    assertEquals((yield* send("PUT", `${place}?dry_run=false`, { priority: 9 })).body.priority, 9)
  }))

liveTest(
  "the history tells who changed what, and a version of it can be had back",
  () =>
    Effect.gen(function* () {
      const { api } = yield* start(simulator)
      const place = `${api}/config/models/gpt-4`
      assertEquals((yield* get(`${api}/config/history`)).body, { version: 0, history: [] })
      yield* send("PUT", place, { priority: 2 })
      yield* send("PUT", place, { priority: 3 })
      const { body } = yield* get(`${api}/config/history`)
      assertEquals(body.version, 2)
      const [{ at, ...latest }] = body.history
      assertMatch(at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
      assertEquals(latest, {
        version: 2,
        by: "configured",
        action: "put",
        changes: [{ path: "models.gpt-4.priority", before: 2, after: 3 }]
      })
      const changes = [{ path: "models.gpt-4.priority", before: 3, after: 2 }]
      const dry = yield* send("POST", `${api}/config/rollback/1?dry_run=true`)
      assertEquals([dry.status, dry.body], [200, { version: 2, dry_run: true, changes }])
      const back = yield* send("POST", `${api}/config/rollback/1`)
      assertEquals([back.status, back.body], [200, { version: 3, dry_run: false, changes }])
      assertEquals((yield* get(place)).body.priority, 2)
      for (const version of ["4", "1.5", "-1", "x", "1e0", "99999999999999999999"]) {
        const { status, body } = yield* send("POST", `${api}/config/rollback/${version}`)
        assertEquals([status, body.error.details.reason], [404, "unknown_version"], version)
      }
    })
)

liveTest(
  "a change that cannot be kept is 500, logged, and not in force",
  () =>
    Effect.gen(function* () {
      const { api, dataDir } = yield* start(simulator)
      const place = `${api}/config/models/gpt-4`
      // Nothing can be written where a folder stands.
      Deno.mkdirSync(`${dataDir}/config.json.draft/full`, { recursive: true })
      const { status, body, text } = yield* send("PUT", place, { priority: 9 })
      assertEquals([status, body.error.code], [500, "INTERNAL_ERROR"])
      assertEquals(text.includes(dataDir), false)
      assertEquals((yield* get(place)).body.priority, 1)
    })
)

liveTest(
  "that an edit of the file is bad is told by /health, and what is bad to who may read it",
  () =>
    Effect.gen(function* () {
      const { api, url, file } = yield* start({ ...simulator, config: { models: {} } })
      assertEquals((yield* get(`${url}/health`)).body.configuration, { version: 0 })
      Deno.writeTextFileSync(
        file,
        '{"models":{"simulator":{"priority":"a-secret"}},"auth":{"api_key":"a-secret-of-theirs"}}'
      )
      const { body, text } = yield* get(`${url}/health`).pipe(
        Effect.delay("200 millis"),
        Effect.repeat({ until: ({ body }) => body.configuration.fault !== undefined })
      )
      assertEquals([body.status, body.services.model_manager], ["degraded", "degraded"])
      assertEquals(body.configuration.version, 0)
      assertEquals(body.configuration.fault, faultTold)
      const history = yield* get(`${api}/config/history`)
      assertMatch(history.body.fault, /^models\.simulator\.priority: /)
      assertEquals(history.text.includes("secret"), false)
      assertEquals(text.includes("secret"), false)
      assertEquals((yield* get(`${api}/config/models/simulator`)).body.priority, 1)
    }).pipe(Effect.timeout("20 seconds"))
)

liveTest(
  "that the file names at the start what nobody has is told by /health, and what, by the history",
  () =>
    Effect.gen(function* () {
      const { api, url } = yield* start({
        ...simulator,
        config: { models: { simulator: { fallback_models: ["gone"] } } }
      })
      const { status, body } = yield* get(`${url}/health`)
      assertEquals([status, body.status], [200, "degraded"])
      assertEquals(body.configuration, { version: 0, fault: faultTold })
      assertEquals((yield* get(`${api}/config/history`)).body, {
        version: 0,
        fault: 'models.simulator.fallback_models.0: There is no model "gone"',
        history: []
      })
    })
)

liveTest(
  "a secret that the file names in a wrong place is shown by nobody",
  () =>
    Effect.gen(function* () {
      const secret = "sk-very-secret-1234567890"
      const models = { simulator: { fallback_models: ["${OPENAI_API_KEY}"] } }
      const { api, url } = yield* start({
        env: { PENSTOCK_SIMULATOR: "on", OPENAI_API_KEY: secret },
        config: { models }
      })
      const health = yield* get(`${url}/health`)
      assertEquals(health.body.configuration, { version: 0, fault: faultTold })
      const history = yield* get(`${api}/config/history`)
      assertEquals(
        history.body.fault,
        'models.simulator.fallback_models.0: There is no model "${OPENAI_API_KEY}"'
      )
      assertEquals((health.text + history.text).includes(secret), false)
    })
)
