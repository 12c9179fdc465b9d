import { assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { check } from "../../src/config/check.ts"
import type { ConfigFile } from "../../src/config/ConfigFile.ts"
import { noChanges, resolve } from "../../src/config/resolve.ts"
import type { ConfigInvalid } from "../../src/config/errors.ts"
import { remember } from "../../src/config/written.ts"
import { law, test } from "../kit/effect.ts"
import { forgetful, known, terms } from "./store.ts"

const issues = (file: ConfigFile) =>
  check(resolve(0, file, noChanges), known).map(({ path, message }) => [path.join("."), message])

const chain = (fallbacks: Record<string, ReadonlyArray<string>>): ConfigFile => ({
  models: Object.fromEntries(
    Object.entries(fallbacks).map(([id, fallback_models]) => [id, { fallback_models }])
  )
})

const wrong: Record<string, readonly [ConfigFile, ReadonlyArray<readonly [string, string]>]> = {
  "a model that nobody has": [
    chain({ a: ["b", "x"] }),
    [["models.a.fallback_models.1", 'There is no model "x"']]
  ],
  "a model that falls back on itself": [
    chain({ a: ["b", "a"] }),
    [["models.a.fallback_models.1", '"a" falls back on itself: a → a']]
  ],
  "a circle of three": [
    chain({ a: ["d", "b"], b: ["c"], c: ["a"] }),
    [
      ["models.a.fallback_models.1", '"a" falls back on itself: a → b → c → a'],
      ["models.b.fallback_models.0", '"b" falls back on itself: b → c → a → b'],
      ["models.c.fallback_models.0", '"c" falls back on itself: c → a → b → c']
    ]
  ],
  "shares of models that nobody has": [
    { load_balancing: { weights: { a: 1, x: 1 } } },
    [["load_balancing.weights.x", 'There is no model "x"']]
  ],
  "shares of nothing": [
    { load_balancing: { weights: { a: 0, b: 0 } } },
    [["load_balancing.weights", "The weights sum to 0"]]
  ],
  "deployments that get nothing": [
    {
      models: {
        a: { deployments: [{ provider: "p", weight: 0 }, { provider: "q", weight: 0 }] },
        b: { deployments: [{ provider: "p", weight: 0 }, { provider: "q" }] }
      }
    },
    [["models.a.deployments", "The weights sum to 0"]]
  ]
}

for (const [name, [file, expected]] of Object.entries(wrong)) {
  Deno.test(`refused with its path: ${name}`, () => assertEquals(issues(file), expected))
}

Deno.test("no shares are no fault, and neither are two ways to the same fallback", () => {
  assertEquals(issues({ load_balancing: { weights: {} } }), [])
  assertEquals(issues(chain({ a: ["b", "c"], b: ["d"], c: ["d"] })), [])
})

const refusal = (effect: Effect.Effect<unknown, unknown>) =>
  Effect.map(Effect.flip(effect), (error) => {
    const { _tag, issues } = error as ConfigInvalid
    assertEquals(_tag, "ConfigInvalid")
    return issues.map(({ path }) => path.join("."))
  })

test("what is put is refused with its path in what was sent", () =>
  Effect.gen(function* () {
    const store = yield* forgetful()
    yield* store.putModel("b", { fallback_models: ["c"] }, terms())
    yield* store.putModel("c", { fallback_models: ["a"] }, terms())
    const before = store.current()
    assertEquals(
      yield* refusal(store.putModel("a", { fallback_models: ["x", "d", "b", "a"] }, terms())),
      ["fallback_models.0", "fallback_models.2", "fallback_models.3"]
    )
    assertEquals(
      yield* refusal(store.putLoadBalancing({ weights: { x: 0, a: 0 } }, terms())),
      ["weights.x", "weights"]
    )
    assertEquals(store.current(), before)
  }))

const Names = Schema.Literals(["a", "b", "c", "d"])
const Puts = Schema.Array(Schema.Struct({ id: Names, fallbacks: Schema.Array(Names) }))

/** Whether one can go on from fallback to fallback for ever. */
const isCircular = (fallbacks: (id: string) => ReadonlyArray<string>): boolean => {
  let ends = new Set<string>()
  while (true) {
    const more = new Set([...known].filter((id) => fallbacks(id).every((next) => ends.has(next))))
    if (more.size === ends.size) return ends.size < known.size
    ends = more
  }
}

law("no series of changes leads to a circle of fallbacks", Puts, (puts) =>
  Effect.gen(function* () {
    const store = yield* forgetful()
    for (const { id, fallbacks } of puts) {
      const wanted = (one: string) =>
        one === id ? fallbacks : store.model(one).shown.fallback_models
      const expected = isCircular(wanted)
      const exit = yield* Effect.exit(store.putModel(id, { fallback_models: fallbacks }, terms()))
      if ((exit._tag === "Failure") !== expected) return false
    }
    return !isCircular((id) => store.model(id).shown.fallback_models)
  }))

Deno.test("an id that came out of the environment is named as the file writes it", () => {
  const file = chain({ a: ["a-secret"] })
  remember(file, new Map([["a-secret", "${KEY}"]]))
  assertEquals(issues(file), [["models.a.fallback_models.0", 'There is no model "${KEY}"']])
})
