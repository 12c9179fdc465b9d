import { assertEquals } from "@std/assert"
import { alias, make, type ModelSpec, refused } from "../../src/domain/Model.ts"

const spec: ModelSpec = {
  id: "one",
  name: "One",
  contextWindow: 1000,
  capabilities: ["conversation", "reasoning"],
  unsupportedParameters: ["stop"],
  refusedWhileReasoning: ["temperature"]
}

Deno.test("make() calls a model upstream as clients call it, where the spec does not say", () => {
  assertEquals(make("here", spec), {
    ...spec,
    provider: "here",
    type: "text",
    upstreamModel: "one"
  })
  assertEquals(make("here", { ...spec, upstreamModel: "uno" }).upstreamModel, "uno")
})

Deno.test("alias() is its target in all but id and name, and says so", () => {
  assertEquals(alias(spec, "zero", "Zero"), {
    ...spec,
    id: "zero",
    name: "Zero (retired; served by One)",
    upstreamModel: "one",
    aliasOf: "one"
  })
})

Deno.test("refused() names what is asked for and never taken", () => {
  assertEquals(refused(spec, { stop: ["x"], seed: 1 }), ["stop"])
  assertEquals(refused(spec, { seed: 1 }), [])
})

Deno.test("refused() names what is not taken while the model reasons, as it does by default", () => {
  assertEquals(refused(spec, { temperature: 0 }), ["temperature"])
  assertEquals(refused(spec, { temperature: 0, reasoningEffort: "low" }), ["temperature"])
  assertEquals(refused(spec, { temperature: 0, reasoningEffort: "none" }), [])
  const still: ModelSpec = { ...spec, defaultReasoningEffort: "none" }
  assertEquals(refused(still, { temperature: 0 }), [])
  assertEquals(refused(still, { temperature: 0, reasoningEffort: "low" }), ["temperature"])
})

Deno.test("refused() leaves one of the parameters that exclude each other", () => {
  const either: ModelSpec = {
    ...spec,
    refusedWhileReasoning: [],
    exclusiveParameters: ["temperature", "top_p"]
  }
  assertEquals(refused(either, { topP: 1 }), [])
  assertEquals(refused(either, { temperature: 1, topP: 1 }), ["top_p"])
})
