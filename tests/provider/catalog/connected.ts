/**
 * A provider of the catalogue as the operator set it up, and what it is sent.
 *
 * @module
 */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import { parseConfigFile } from "../../../src/config/readFile.ts"
import { settingsOf } from "../../../src/config/Settings.ts"
import type { CompletionRequest, Parameters } from "../../../src/domain/Completion.ts"
import type { Message } from "../../../src/domain/Message.ts"
import { type Fields, object, parse } from "../../../src/protocol/json.ts"
import type { Send, UpstreamRequest } from "../../../src/provider/Egress.ts"
import * as Exchange from "../../../src/provider/exchange.ts"
import { roster } from "../../../src/provider/roster.ts"

/** What an operator said. */
export interface OperatorSetup {
  readonly env?: Record<string, string>
  /** What `penstock.yaml` would hold. */
  readonly config?: object
}

/** The settings of the provider `id`. */
export const settingsFor = (
  id: string,
  { env = {}, config = {} }: OperatorSetup
) =>
  Effect.gen(function* () {
    const file = yield* parseConfigFile("a.json", JSON.stringify(config))
    const all = yield* roster(yield* settingsOf(file, "a.json"))
    const found = all.find(({ provider }) => provider.id === id)
    if (found === undefined) throw new Error(`There is no provider ${id}`)
    return found
  }).pipe(
    Effect.provideService(
      ConfigProvider.ConfigProvider,
      ConfigProvider.fromEnvRecord(env)
    )
  )

/** What a provider was sent, and how it answers. */
export interface Sent {
  readonly requests: Array<UpstreamRequest>
  readonly send: Send
}

/** Answers each request by `answer`, and keeps it. */
export const recording = (answer: (request: UpstreamRequest) => Response): Sent => {
  const requests: Array<UpstreamRequest> = []
  return {
    requests,
    send: (request) =>
      Effect.sync(() => {
        requests.push(request)
        return answer(request)
      })
  }
}

/** A whole answer in OpenAI's words. */
export const hello = (): Response =>
  Response.json({
    choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }]
  })

/** A request for an answer. */
export const asking = (
  parameters: Parameters = {},
  messages: ReadonlyArray<Message> = [{ role: "user", content: [{ type: "text", text: "Hi" }] }]
): CompletionRequest => ({ model: "m", messages, parameters, dropUnsupported: true })

/** The request that a provider of the catalogue is sent, and its body. */
export const sentBy = (
  id: string,
  setup: OperatorSetup,
  request: CompletionRequest,
  stream = false
): Effect.Effect<UpstreamRequest & { readonly fields: Fields }, unknown> =>
  Effect.gen(function* () {
    const { requests, send } = recording(hello)
    const exchange = Exchange.make(yield* settingsFor(id, setup), send)
    const target = { model: "m", stream }
    yield* stream
      ? exchange.stream(request, target, () => Effect.void)
      : exchange.complete(request, target)
    const [sent] = requests
    if (sent === undefined) throw new Error("Nothing was sent")
    return { ...sent, fields: object(parse(sent.body ?? "")) ?? {} }
  })
