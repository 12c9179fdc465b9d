import { assertEquals } from "@std/assert"
import { openai } from "../../../src/protocol/openai/mod.ts"

Deno.test("readModels() reads the ids of each kind of list", () => {
  const { modelsPath, readModels } = openai()
  assertEquals(modelsPath, "/models")
  assertEquals(readModels({ object: "list", data: [{ id: "a" }, { id: "b" }] }), [{ id: "a" }, {
    id: "b"
  }])
  assertEquals(readModels({ models: [{ name: "c" }, { id: "d", name: "D" }] }), [{ id: "c" }, {
    id: "d"
  }])
  assertEquals(readModels([{ id: "e" }]), [{ id: "e" }])
})

Deno.test("readModels() reads nothing from anything else", () => {
  for (
    const body of [null, undefined, "x", 7, {}, { data: {} }, { data: [null, "a", { id: 7 }] }]
  ) {
    assertEquals(openai().readModels(body), [])
  }
})
