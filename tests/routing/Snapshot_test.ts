import { assertEquals } from "@std/assert"
import type { ModelSettings } from "../../src/config/ModelSettings.ts"
import { defaultPolicy, defaultTraffic, type ModelPolicy } from "../../src/config/Traffic.ts"
import { lacks } from "../../src/domain/Model.ts"
import type { ListedModel } from "../../src/provider/ModelList.ts"
import { make } from "../../src/routing/Snapshot.ts"
import { fakeActor, providersOf } from "./FakeActor.ts"

const spec = { id: "best", name: "Best", capabilities: ["tools"] } as const

/** A house that knows `best`, one that knows `better`, and two of the operator's own. */
const providers = () => {
  const house = fakeActor("house", [{
    ...spec,
    upstreamModel: "best-2027",
    contextWindow: 8000,
    rates: { input: 1, output: 2 }
  }])
  const rival = fakeActor("rival", [
    { ...spec, id: "better", contextWindow: 9000 },
    { ...spec, id: "older", upstreamModel: "better-1", aliasOf: "better" }
  ])
  return [house, rival, fakeActor("own"), fakeActor("spare")]
}

const snapshot = (
  models: Record<string, ModelSettings>,
  policies: Record<string, ModelPolicy> = {}
) =>
  make({
    ...defaultTraffic,
    models: new Map(Object.entries(models)),
    policies: new Map(Object.entries(policies))
  }, providersOf(...providers()))

const idsOf = (models: Record<string, ModelSettings>, id: string) =>
  snapshot(models).find(id)?.deployments.map((deployment) => deployment.id)

Deno.test("a model that nobody set up has one deployment, and the defaults", () => {
  const { find, entries, traffic } = snapshot({})
  assertEquals(entries.map(({ id }) => id), ["best", "better", "older"])
  const entry = find("best")
  assertEquals(entry?.policy, defaultPolicy)
  const [first, ...others] = entry!.deployments
  assertEquals(others, [])
  const { id, enabled, weight, priority } = first
  assertEquals({ id, enabled, weight, priority }, {
    id: "best@house",
    enabled: true,
    weight: 1,
    priority: 1
  })
  assertEquals(traffic, defaultTraffic)
  assertEquals(find("nonsense"), undefined)
})

Deno.test("several providers serve one model, each with its share, rank and name for it", () => {
  const best = {
    // With deployments, these two say nothing.
    provider: "rival",
    upstreamModel: "ignored",
    name: "Ours",
    deployments: [
      { provider: "house", weight: 3 },
      { provider: "own", upstreamModel: "deployment-7", priority: 2 }
    ]
  }
  const entry = snapshot({ best }).find("best")
  assertEquals(
    entry?.deployments.map(({ id, weight, priority, model }) => [
      id,
      weight,
      priority,
      model.id,
      model.name,
      model.provider,
      model.upstreamModel
    ]),
    [
      ["best@house", 3, 1, "best", "Ours", "house", "best-2027"],
      ["best@own", 1, 2, "best", "Ours", "own", "deployment-7"]
    ]
  )
})

Deno.test("a provider that serves a model twice has two deployments of it", () => {
  const twice = [{ provider: "own" }, { provider: "spare" }, { provider: "own" }]
  assertEquals(idsOf({ mine: { deployments: twice } }, "mine"), [
    "mine@own",
    "mine@spare",
    "mine@own#2"
  ])
})

Deno.test("what is known of a model holds at all that serve it with its own provider, but for its price", () => {
  const shared = [{ provider: "house" }, { provider: "spare" }]
  const [own, spare] = snapshot({ best: { deployments: shared } }).find("best")!.deployments
  assertEquals([own.model.contextWindow, spare?.model.contextWindow], [8000, 8000])
  assertEquals([own.model.upstreamModel, spare?.model.upstreamModel], ["best-2027", "best-2027"])
  assertEquals([own.model.rates?.input, spare?.model.rates], [1, undefined])
  // Without its own provider among them, it is another model by that name.
  const elsewhere = [{ provider: "spare" }, { provider: "own" }]
  const [first] = snapshot({ best: { deployments: elsewhere } }).find("best")!.deployments
  assertEquals([first.model.contextWindow, first.model.upstreamModel], [undefined, "best"])
})

Deno.test("what is known of a model at a provider is found by its name there", () => {
  const mine = {
    deployments: [
      { provider: "house", upstreamModel: "best-2027" },
      { provider: "rival", upstreamModel: "better" },
      { provider: "rival", upstreamModel: "better-1" },
      { provider: "rival", upstreamModel: "unheard-of" }
    ]
  }
  assertEquals(
    snapshot({ mine }).find("mine")?.deployments.map(({ model }) => [
      model.id,
      model.name,
      model.contextWindow,
      model.capabilities.length,
      model.aliasOf
    ]),
    [
      ["mine", "mine", 8000, 1, undefined],
      ["mine", "mine", 9000, 1, undefined],
      ["mine", "mine", undefined, 1, undefined],
      ["mine", "mine", undefined, 2, undefined]
    ]
  )
})

Deno.test("a provider that does not exist serves nothing", () => {
  const deployments = [{ provider: "nobody" }, { provider: "own" }]
  assertEquals(idsOf({ mine: { deployments } }, "mine"), ["mine@own"])
  assertEquals(idsOf({ mine: { provider: "nobody" } }, "mine"), undefined)
  assertEquals(idsOf({ best: { deployments: [{ provider: "nobody" }] } }, "best"), ["best@house"])
})

Deno.test("a model is enabled where the file and its policy have it so", () => {
  const policy = { ...defaultPolicy, priority: 5 }
  const enabled = (file: boolean | undefined, own: ModelPolicy | undefined) => {
    const { find } = snapshot({ best: { enabled: file } }, own && { best: own })
    const entry = find("best")
    assertEquals(entry?.deployments[0].enabled, entry?.policy.enabled)
    return entry?.policy.enabled
  }
  assertEquals(enabled(undefined, undefined), true)
  assertEquals(enabled(true, policy), true)
  assertEquals(enabled(false, undefined), false)
  assertEquals(enabled(false, policy), false)
  assertEquals(enabled(true, { ...policy, enabled: false }), false)
  const { find } = snapshot({ best: { enabled: false } }, { best: policy })
  assertEquals(find("best")?.policy, { ...policy, enabled: false })
})

/** What providers list, and what the operator says of some models. */
const told = (
  listed: Record<string, ReadonlyArray<string | ListedModel>>,
  models: Record<string, ModelSettings> = {}
) => {
  const all = providers()
  for (const actor of all) actor.discover(...listed[actor.settings.provider.id] ?? [])
  return make(
    { ...defaultTraffic, models: new Map(Object.entries(models)) },
    providersOf(...all)
  )
}

Deno.test("the operator counts before the catalogue, and that before the list", () => {
  const best: ListedModel = {
    id: "best-2027",
    name: "Listed",
    contextWindow: 1,
    maxOutputTokens: 2,
    rates: { input: 3, output: 4 },
    capabilities: ["vision"]
  }
  const model = (own: ModelSettings = {}) =>
    told({ house: [best] }, { best: own }).find("best")!.deployments[0].model
  const { name, contextWindow, maxOutputTokens, rates, capabilities } = model()
  assertEquals([name, contextWindow, maxOutputTokens, rates?.input, capabilities], [
    "Best",
    8000,
    2,
    1,
    ["tools"]
  ])
  const own = model({ contextWindow: 5, maxOutputTokens: 6, capabilities: ["reasoning"] })
  assertEquals([own.contextWindow, own.maxOutputTokens, own.capabilities], [5, 6, ["reasoning"]])
  assertEquals(lacks(own, "vision"), true)
})

Deno.test("a model that only a list knows is served at once, and asked for what the list leaves open", () => {
  const { find, entries } = told({
    own: [{ id: "new", name: "New", contextWindow: 9, capabilities: ["tools"], lacks: ["vision"] }],
    spare: ["new", "bare"]
  })
  assertEquals(entries.slice(-2).map(({ deployments: [{ id }] }) => id), ["new@own", "bare@spare"])
  const { model, listed } = find("new")!.deployments[0]
  assertEquals([model.name, model.contextWindow, model.upstreamModel, listed], [
    "New",
    9,
    "new",
    true
  ])
  assertEquals([lacks(model, "vision"), lacks(model, "json-schema")], [true, false])
  // The operator's word closes what the list leaves open.
  const own = told({ own: ["new"] }, { new: { capabilities: ["tools"] } })
  assertEquals(lacks(own.find("new")!.deployments[0].model, "json-schema"), true)
})

Deno.test("what an operator has a provider serve is as that provider lists it, by its name there", () => {
  const spec = { id: "their-name", name: "Theirs", contextWindow: 7, lacks: ["tools"] } as const
  const { find } = told({ own: [spec] }, { mine: { provider: "own", upstreamModel: "their-name" } })
  const [{ model, listed }] = find("mine")!.deployments
  assertEquals([model.id, model.upstreamModel, model.contextWindow, listed], [
    "mine",
    "their-name",
    7,
    undefined
  ])
  assertEquals(lacks(model, "tools"), true)
})

Deno.test("a model of the catalogue is listed or not, where there is a list, by its name there", () => {
  const listed = (id: string, ...list: ReadonlyArray<string>) =>
    told({ house: list, rival: list }).find(id)?.deployments[0].listed
  assertEquals(listed("best"), undefined)
  assertEquals(listed("best", "best-2027"), true)
  assertEquals(listed("best", "best"), false)
  assertEquals(listed("better", "better-20270101"), true)
  assertEquals(listed("older", "better-1"), true)
  assertEquals(listed("older", "better"), false)
  // Who says what it is called there needs no list.
  const named = { best: { upstreamModel: "best-2028" } }
  assertEquals(told({ house: ["x"] }, named).find("best")?.deployments[0].listed, undefined)
})

Deno.test("a dated version of a model of the catalogue is as that is", () => {
  const { find } = told({ rival: ["better-20270101", "older-20270101"] })
  const { model } = find("better-20270101")!.deployments[0]
  assertEquals([model.contextWindow, model.capabilities, model.upstreamModel], [
    9000,
    ["tools"],
    "better-20270101"
  ])
  // A retired model's own version is no longer what answers by its name.
  assertEquals(find("older-20270101")?.deployments[0].model.contextWindow, undefined)
})

Deno.test("the window of a model that nobody knows is the price list's, where that has one", () => {
  const priced = (pricing: string | undefined) => {
    const actor = fakeActor("own")
    const { settings } = actor
    const known = { ...settings, provider: { ...settings.provider, pricing } }
    actor.discover("grok-4.6", { id: "grok-4.5", contextWindow: 1 }, "nonsense")
    const { find } = make(defaultTraffic, providersOf({ ...actor, settings: known }))
    return ["grok-4.6", "grok-4.5", "nonsense"].map((id) =>
      find(id)?.deployments[0].model.contextWindow
    )
  }
  assertEquals(priced("x-ai"), [500_000, 1, undefined])
  assertEquals(priced(undefined), [undefined, 1, undefined])
})
