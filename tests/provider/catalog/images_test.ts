import { assertEquals } from "@std/assert"
import type { CompletionRequest } from "../../../src/domain/Completion.ts"
import type { Message, Part } from "../../../src/domain/Message.ts"
import type { Provider } from "../../../src/provider/Provider.ts"
import * as catalog from "../../../src/provider/catalog/mod.ts"

/** Images in every form that clients send, and in some that nobody reads. */
const urls = [
  "https://x.example/y.png",
  "http://x.example/y.png",
  "gs://bucket/y.png",
  "data:image/png;base64,QUJDREVG",
  "data:image/jpg;base64,QUJDREVG",
  "DATA:image/PNG;base64,QUJDREVG",
  "data:image/svg+xml;base64,QUJDREVG",
  "data:image/png;charset=x;base64,QUJDREVG",
  "data:image/png;base64,QUJD REVG",
  "data:image/png;base64,QUJD-_VG",
  "data:image/png,raw"
]

const text: Part = { type: "text", text: "a" }
const user: Message = { role: "user", content: [text] }
const asks: Message = {
  role: "assistant",
  reasoning: [],
  content: [],
  toolCalls: [{ id: "call_1", name: "look", arguments: "{}" }]
}

/** Wherever an image can stand. */
const conversations: Readonly<Record<string, (image: Part) => ReadonlyArray<Message>>> = {
  "a message of the user": (image) => [{ role: "user", content: [text, image] }],
  "a message that says nothing else": (image) => [{ role: "user", content: [image] }],
  "a message of the system": (image) => [{ role: "system", content: [image] }, user],
  "an answer": (image) => [
    user,
    { role: "assistant", reasoning: [], content: [text, image], toolCalls: [] },
    user
  ],
  "the result of a tool": (image) => [
    user,
    asks,
    { role: "tool", toolCallId: "call_1", content: [text, image] }
  ]
}

const providers: ReadonlyArray<Provider> = Object.values(catalog)
for (const { dialect, id } of providers) {
  for (const [where, conversation] of Object.entries(conversations)) {
    Deno.test(`${id} is shown an image in ${where}, or the client is told that it is not`, () => {
      for (const url of urls) {
        const request: CompletionRequest = {
          model: "m",
          messages: conversation({ type: "image", url }),
          parameters: {},
          dropUnsupported: true
        }
        const isRefused = dialect.unsupported(request).some(({ path }) => path[2] === "content")
        const { body } = dialect.encode(request, { model: "m", stream: false })
        const what = /^data:/i.test(url) ? url.slice(url.indexOf(",") + 1) : url
        assertEquals([url, isRefused || JSON.stringify(body).includes(what)], [url, true])
      }
    })
  }
}
