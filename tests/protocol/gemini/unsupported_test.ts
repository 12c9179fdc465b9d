import { assert, assertEquals } from "@std/assert"
import { gemini } from "../../../src/protocol/gemini/mod.ts"
import { encoded, request, system, text, user } from "./conversation.ts"

Deno.test("unsupported() is empty where Gemini can say it all", () => {
  assertEquals(
    gemini.unsupported(request([user(text("Hi"), { type: "image", url: "https://a.test/b.png" })], {
      stop: ["a", "b", "c", "d", "e"],
      seed: 2 ** 31 - 1,
      user: "someone",
      metadata: { team: "a" }
    })),
    []
  )
})

Deno.test("unsupported() says where the request asks for too much, and encode() leaves it out", () => {
  const parameters = { stop: ["a", "b", "c", "d", "e", "f"], seed: 2 ** 31 }
  const messages = [
    system({ type: "image", url: "https://a.test/b.png" }),
    user(
      text("Hi"),
      { type: "image", url: "http://a.test/b.png" },
      { type: "image", url: "data:image/png,raw" },
      { type: "image", url: "data:text/html;base64,AAAA" },
      { type: "image", url: "data:" },
      { type: "image", url: "gs://a/b.png" }
    )
  ]
  assertEquals(gemini.unsupported(request(messages, parameters)).map(({ path }) => path), [
    ["messages", 0, "content", 0],
    ["messages", 1, "content", 1],
    ["messages", 1, "content", 2],
    ["messages", 1, "content", 3],
    ["messages", 1, "content", 4],
    ["messages", 1, "content", 5],
    ["parameters", "stop"],
    ["parameters", "seed"]
  ])
  assertEquals(encoded(messages, parameters), {
    contents: [{ role: "user", parts: [{ text: "Hi" }] }],
    generationConfig: { stopSequences: ["a", "b", "c", "d", "e"] }
  })
  const [alone] = gemini.unsupported(request([system(text("Be brief."))]))
  assertEquals(alone?.path, ["messages"])
  assert(alone?.message.includes("system"))
})
