import { assertEquals } from "@std/assert"
import type { JsonObject } from "../../../src/domain/Completion.ts"
import type { Delta } from "../../../src/domain/Delta.ts"
import { decoded, finish, piece, stream, text } from "./deltas.ts"

const foreign = (part: JsonObject): Delta => ({
  _tag: "Foreign",
  choice: 0,
  dialect: "openai",
  part
})
const annotations = [{ type: "url_citation", url_citation: { url: "https://a.b", title: "A" } }]
const images = [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }]

Deno.test("citations and pictures are told with the text that they stand beside, or alone", () => {
  assertEquals(
    stream(
      piece({ content: "a", annotations }),
      piece({ content: "b", annotations: [] }),
      piece({ annotations: null, images: "none" }),
      piece({ images, audio: { id: "x" } }, "stop"),
      "[DONE]"
    ).deltas,
    [text("a"), foreign({ annotations }), text("b"), foreign({ images }), finish("stop")]
  )
})

Deno.test("they are told of a whole answer too", () => {
  const message = { content: "a", annotations, refusal: null }
  assertEquals(
    decoded({ choices: [{ message, finish_reason: "stop" }] }),
    [text("a"), foreign({ annotations }), finish("stop")]
  )
})
