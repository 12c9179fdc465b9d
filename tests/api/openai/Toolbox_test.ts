import { assert, assertEquals, assertMatch } from "@std/assert"
import * as Schema from "effect/Schema"
import * as Toolbox from "../../../src/api/openai/Toolbox.ts"
import { law } from "../../kit/effect.ts"

const Word = Schema.Literals(["a", "b", "a__b", "b__a", "a b", "é", "x".repeat(40), "x".repeat(64)])
const Tools = Schema.Array(Schema.Union([
  Schema.Struct({
    type: Schema.Literal("function"),
    name: Word,
    namespace: Schema.Undefined
  }),
  Schema.Struct({
    type: Schema.Literals(["function", "custom"]),
    name: Word,
    namespace: Schema.UndefinedOr(Word)
  })
]))

law(
  "every tool has a name of its own that every provider takes, and is found by it again",
  Tools,
  (tools) => {
    const toolbox = Toolbox.make(tools)
    for (const { name, namespace, type } of tools) {
      const tool = { type, name, namespace }
      const offered = toolbox.nameOf(tool)
      if (type === "function" && namespace === undefined) assertEquals(offered, name)
      else assertMatch(offered, /^[A-Za-z0-9_-]{1,64}$/)
      assertEquals({ namespace: undefined, ...toolbox.toolOf(offered) }, tool)
    }
    return true
  }
)

Deno.test("a name is as near to the client's as can be", () => {
  const agents = { type: "function", name: "close", namespace: "agents" } as const
  const patch = { type: "custom", name: "patch" } as const
  const toolbox = Toolbox.make([agents, patch])
  assertEquals([toolbox.nameOf(agents), toolbox.nameOf(patch)], ["agents__close", "patch"])
  // What is no longer offered, but was called before.
  assertEquals(Toolbox.empty.nameOf(agents), "agents__close")
  assertEquals(Toolbox.empty.toolOf("x"), { type: "function", name: "x" })
})

Deno.test("names that would be the same, or too long, are told apart by a mark", () => {
  const plain = { type: "function", name: "a__b" } as const
  const grouped = { type: "function", name: "b", namespace: "a" } as const
  const toolbox = Toolbox.make([grouped, plain])
  assertEquals(toolbox.nameOf(plain), "a__b")
  assertMatch(toolbox.nameOf(grouped), /^a__b_[0-9a-z]+$/)
  const long = { type: "custom", name: "n".repeat(60), namespace: "m".repeat(60) } as const
  assert(Toolbox.empty.nameOf(long).startsWith("m".repeat(50)))
  assertEquals(Toolbox.empty.nameOf(long).length, 64)
})
