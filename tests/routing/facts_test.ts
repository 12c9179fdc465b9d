import { assertEquals } from "@std/assert"
import { capabilities, type Capability, lacks, type ModelSpec } from "../../src/domain/Model.ts"
import { bare, completed, listing, ofListed } from "../../src/routing/facts.ts"

/** Of each capability, whether a model has it: `?` is not known. */
const knowledge = (spec: ModelSpec): Record<Capability, string> => {
  const known = (capability: Capability) =>
    spec.capabilities.includes(capability) ? "yes" : lacks(spec, capability) ? "no" : "?"
  return {
    "text-generation": known("text-generation"),
    conversation: known("conversation"),
    vision: known("vision"),
    tools: known("tools"),
    "json-schema": known("json-schema"),
    reasoning: known("reasoning"),
    embeddings: known("embeddings")
  }
}

const unknown = {
  "text-generation": "yes",
  conversation: "yes",
  vision: "?",
  tools: "?",
  "json-schema": "?",
  reasoning: "?",
  embeddings: "?"
}

Deno.test("a model that nobody knows converses, and may do anything else", () => {
  assertEquals(knowledge(bare("m")), unknown)
  assertEquals(knowledge(ofListed({ id: "m" }, undefined)), unknown)
})

Deno.test("what a list tells is known, yes or no, and the rest is not", () => {
  const told = ofListed({
    id: "m",
    name: "M",
    contextWindow: 9,
    capabilities: ["tools", "text-generation"],
    lacks: ["vision", "embeddings"]
  }, undefined)
  assertEquals([told.id, told.name, told.contextWindow], ["m", "M", 9])
  assertEquals(knowledge(told), { ...unknown, tools: "yes", vision: "no", embeddings: "no" })
  assertEquals(told.capabilities, ["text-generation", "conversation", "tools"])
  assertEquals("lacks" in told, false)
})

Deno.test("a model that is told to make vectors, and no more, does nothing else", () => {
  const { capabilities: known } = ofListed({ id: "m", capabilities: ["embeddings"] }, undefined)
  assertEquals(known, ["embeddings"])
  const both = ofListed({ id: "m", capabilities: ["conversation", "embeddings"] }, undefined)
  assertEquals(knowledge(both), { ...unknown, embeddings: "yes" })
})

const known: ModelSpec = {
  id: "gpt-9",
  name: "GPT-9",
  capabilities: ["text-generation", "conversation", "tools"],
  unknownCapabilities: ["vision", "reasoning"],
  unsupportedParameters: ["stop"],
  maxOutputTokens: 5
}

Deno.test("the catalogue counts before a list, which fills in what it leaves open", () => {
  const listed = {
    id: "gpt-9",
    name: "Something else",
    contextWindow: 100,
    maxOutputTokens: 7,
    rates: { input: 1, output: 2 },
    capabilities: ["vision", "json-schema"],
    lacks: ["tools", "reasoning"]
  } as const
  const merged = completed(known, listed)
  assertEquals(
    [merged.name, merged.contextWindow, merged.maxOutputTokens, merged.rates?.output],
    ["GPT-9", 100, 5, 2]
  )
  assertEquals(knowledge(merged), {
    ...unknown,
    tools: "yes",
    "json-schema": "no",
    embeddings: "no",
    vision: "yes",
    reasoning: "no"
  })
  assertEquals(completed(known, undefined), known)
})

Deno.test("a dated version is as its family, by its own name", () => {
  const dated = ofListed({ id: "gpt-9-2026-11-01", contextWindow: 3 }, known)
  assertEquals(dated, {
    ...known,
    id: "gpt-9-2026-11-01",
    name: "gpt-9-2026-11-01",
    upstreamModel: "gpt-9-2026-11-01",
    contextWindow: 3
  })
})

Deno.test("a list has what it names, and what it names a dated version of", () => {
  const list = (...ids: ReadonlyArray<string>) => listing(new Map(ids.map((id) => [id, { id }])))
  const { find, has } = list("gpt-9", "claude-x-20261101", "gpt-8-2026-11-01", "mini-4-12345678")
  for (const name of ["gpt-9", "claude-x", "claude-x-20261101", "gpt-8"]) {
    assertEquals(has(name), true, name)
  }
  for (const name of ["gpt", "gpt-9-2026-11-01", "mini-4", "claude"]) {
    assertEquals(has(name), false, name)
  }
  assertEquals(find("gpt-8")?.id, "gpt-8-2026-11-01")
  // An empty list is no list.
  assertEquals(list().has("gpt-9"), undefined)
})

Deno.test("no capability is told in two ways, whatever is told", () => {
  for (const one of capabilities) {
    for (const other of capabilities) {
      const { capabilities: has, unknownCapabilities: may = [] } = ofListed(
        { id: "m", capabilities: [one], lacks: [other] },
        undefined
      )
      assertEquals(may.filter((capability) => has.includes(capability)), [])
      assertEquals(may.includes(other), false)
    }
  }
})
