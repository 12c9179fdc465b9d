import { assertEquals } from "@std/assert"
import type { ModelSettings } from "../../src/config/ModelSettings.ts"
import { defaultPolicy, defaultTraffic, type ModelPolicy } from "../../src/config/Traffic.ts"
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
  return providersOf(house, rival, fakeActor("own"), fakeActor("spare"))
}

const snapshot = (
  models: Record<string, ModelSettings>,
  policies: Record<string, ModelPolicy> = {}
) =>
  make({
    ...defaultTraffic,
    models: new Map(Object.entries(models)),
    policies: new Map(Object.entries(policies))
  }, providers())

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
