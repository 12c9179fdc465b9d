import { assert, assertEquals } from "@std/assert"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpApi from "effect/http-api/HttpApi"
import * as Schema from "effect/Schema"
import { structureFault } from "../../../src/api/structure.ts"
import { Api } from "../../../src/api/native/Api.ts"
import { GenerateRequest } from "../../../src/api/native/GenerateRequest.ts"
import { GenerateEvent } from "../../../src/api/native/GenerateResponse.ts"
import { liveTest } from "../../kit/effect.ts"
import * as FakeProvider from "../../kit/FakeProvider.ts"
import { apiKey, hello } from "../../kit/gateway.ts"
import * as Raw from "../../kit/raw.ts"
import { askJson, modelOf, postForEvents, postJson, startBoth } from "../upstreams.ts"

const exactly = { onExcessProperty: "error" } as const
const hot = ["/generate", "/generate/stream"]

/** Whether a value is as one of the schemas says, and has nothing else. */
const fits = (schemas: ReadonlyArray<Schema.ConstraintDecoder<unknown>>, value: unknown) =>
  schemas.some((schema) => Exit.isSuccess(Schema.decodeUnknownExit(schema, exactly)(value)))

type Plain = ReadonlyArray<Schema.ConstraintDecoder<unknown>>

/** What is declared of a hot route: the schemas of each status. */
const declared = (
  path: string
): ReadonlyMap<number, Plain> => {
  const found = new Map<number, Plain>()
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, successes, errors }) => {
      if (!endpoint.path.endsWith(path)) return
      // None of them needs a service, which their type does not tell.
      for (const [status, schemas] of [...successes, ...errors]) {
        found.set(status, schemas as unknown as Plain)
      }
    }
  })
  return found
}

/** For each status a script of the provider, a request, and its headers, that lead to it. */
const ways: Record<number, readonly [FakeProvider.Script, unknown, Record<string, string>?]> = {
  200: [FakeProvider.answer({ reasoning: ["Hm"], toolCalls: [{ name: "f", arguments: "{}" }] }), 0],
  400: [FakeProvider.answer(), { model: "gpt-4o" }],
  401: [FakeProvider.answer(), hello("gpt-4o"), { "x-api-key": "wrong" }],
  404: [FakeProvider.answer(), hello("gpt-99")],
  413: [FakeProvider.answer(), hello("x".repeat(5000))],
  429: [FakeProvider.answer(), hello("gpt-5")],
  415: [FakeProvider.answer(), hello("gpt-4o"), { "content-type": "text/plain" }],
  502: [FakeProvider.fail("server"), hello("gpt-4o")],
  503: [FakeProvider.fail("rate_limited"), hello("gpt-4o-mini")],
  504: [FakeProvider.silence, hello("gpt-4o")]
}

liveTest(
  "what the hot routes answer is what is declared of them, status by status",
  () =>
    Effect.gen(function* () {
      const { api, provider } = yield* startBoth(undefined, {
        config: {
          limits: { body_bytes: 4000 },
          models: { "gpt-5": { rate_limit: { requests_per_minute: 1 } } },
          load_balancing: { failure_threshold: 1000 },
          timeouts: { whole_head_seconds: 0.1, stream_head_seconds: 0.1, body_seconds: 0.3 }
        }
      })
      // Its limit is reached from now on.
      yield* postJson(`${api}/generate`, hello("gpt-5"))
      for (const path of hot) {
        const schemas = declared(path)
        // 403 and 500 have tests of their own; events have one below.
        assertEquals(
          new Set([...schemas.keys(), 200]),
          new Set([...Object.keys(ways).map(Number), 403, 408, 500])
        )
        const slow = yield* Raw.ask(api, {
          method: "POST",
          target: new URL(api + path).pathname,
          headers: [
            ["host", "localhost"],
            ["x-api-key", apiKey],
            ["content-type", "application/json"],
            ["content-length", "1000"]
          ],
          body: "{"
        })
        assertEquals(slow?.status, 408)
        assert(fits(schemas.get(408)!, JSON.parse(slow!.body)), slow!.body)
        for (const [status, [script, body, headers]] of Object.entries(ways)) {
          provider.respond(script)
          if (status === "200" && path === "/generate/stream") continue
          for (const model of status === "200" ? Object.values(modelOf) : ["gpt-4o"]) {
            const asked = body === 0 ? hello(model) : body
            const answer = yield* postJson(api + path, asked, headers)
            assertEquals(answer.status, Number(status), answer.text)
            assert(fits(schemas.get(Number(status))!, answer.body), `${path} ${answer.text}`)
          }
        }
      }
    })
)

liveTest(
  "each event of a stream is as declared, also the one that tells an error",
  () =>
    Effect.gen(function* () {
      const { api, provider } = yield* startBoth()
      const rich = {
        reasoning: ["Let me", " think"],
        pieces: ["Hello", " you"],
        toolCalls: [{ name: "f", arguments: '{"a":1}' }]
      }
      for (const script of [rich, { ...rich, breaks: { after: 3, by: "cut" as const } }]) {
        provider.respond(FakeProvider.answer(script))
        for (const model of Object.values(modelOf)) {
          const { events } = yield* postForEvents(`${api}/generate/stream`, hello(model))
          assert(events.length > 3)
          for (const event of events) {
            assert(fits([GenerateEvent], event), JSON.stringify(event))
          }
        }
      }
      const { body } = yield* askJson(`${api.replace("/api/v1/llm", "")}/openapi.json`)
      const { content } = body.paths["/api/v1/llm/generate/stream"].post.responses[200]
      assertEquals(Object.keys(content), ["text/event-stream"])
    })
)

const Hot = Schema.Struct({
  request: GenerateRequest,
  model: Schema.Literals([...Object.values(modelOf), "gpt-4o"]),
  path: Schema.Literals(hot)
})

/** Whether the handler found nothing wrong with the request itself, and nothing broke. */
const taken = (api: string, path: string, request: unknown) =>
  Effect.map(
    Effect.promise(async () => {
      const response = await fetch(api + path, {
        method: "POST",
        headers: { "x-api-key": apiKey, "content-type": "application/json" },
        body: JSON.stringify(request)
      })
      return { status: response.status, text: await response.text() }
    }),
    ({ status, text }) => {
      if (status >= 500) throw new Error(text)
      return status !== 400 || !faults.has(JSON.parse(text).error.details.reason)
    }
  )

/** What is told of a body that is wrong in itself: by the schema, or before that by how it is built. */
const faults = new Set(["invalid_request", "invalid_number", "json_too_deep", "json_too_complex"])

liveTest(
  "the handler takes every request that the declaration allows",
  () =>
    Effect.gen(function* () {
      const { api } = yield* startBoth()
      const result = yield* Arbitrary.checkEffect(
        Arbitrary.schema(Hot),
        ({ request, model, path }) => taken(api, path, { ...request, model }),
        { runs: 150 }
      )
      assertEquals(Arbitrary.formatCheckFailure(result), undefined)
    })
)

const Damage = Schema.Struct({
  ...Hot.fields,
  place: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1000 })),
  value: Schema.NullOr(Schema.Literals([-1, 0.5, 1e9, true, "", "x"]))
})

/** `value` with the part at `place` replaced, counting from the outside in. */
const damaged = (value: unknown, place: number, by: unknown): unknown => {
  const places: Array<(whole: unknown) => void> = []
  const visit = (at: unknown, path: ReadonlyArray<string>) => {
    if (typeof at !== "object" || at === null) return
    for (const key of [...Object.keys(at), ...(Array.isArray(at) ? [] : ["excess"])]) {
      places.push((whole) => {
        const parent = path.reduce((inside, step) => Reflect.get(Object(inside), step), whole)
        Reflect.set(Object(parent), key, by)
      })
      visit(Reflect.get(at, key), [...path, key])
    }
  }
  const copy = JSON.parse(JSON.stringify(value))
  visit(copy, [])
  places[place % places.length]!(copy)
  return copy
}

/**
 * Whether a request is as declared. Two things are forgiven beyond that: a parameter that is `null`
 * counts as absent, and who has what is not supported dropped may also send what is not known.
 */
const isAllowed = (body: unknown): boolean => {
  const { parameters, ...rest } = Object(body)
  const isObject = typeof parameters === "object" && parameters !== null &&
    !Array.isArray(parameters)
  const given = isObject
    ? Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== null))
    : parameters
  const request = parameters === undefined ? body : { ...rest, parameters: given }
  return rest.drop_unsupported === true || Object(parameters).drop_unsupported === true
    ? Exit.isSuccess(Schema.decodeUnknownExit(GenerateRequest)(request))
    : fits([GenerateRequest], request)
}

liveTest(
  "the handler refuses every request that the declaration does not allow",
  () =>
    Effect.gen(function* () {
      const { api } = yield* startBoth()
      let refused = 0
      const result = yield* Arbitrary.checkEffect(
        Arbitrary.schema(Damage),
        ({ request, model, path, place, value }) => {
          const body = damaged({ ...request, model }, place, value)
          // A number that would not be the same after it was read is refused before the schema sees it.
          const allowed = isAllowed(body) &&
            structureFault(new TextEncoder().encode(JSON.stringify(body))) === undefined
          if (!allowed) refused++
          return Effect.map(taken(api, path, body), (isTaken) => isTaken === allowed)
        },
        { runs: 150 }
      )
      assertEquals(Arbitrary.formatCheckFailure(result), undefined)
      assert(refused > 30, `only ${refused} were wrong`)
    })
)
