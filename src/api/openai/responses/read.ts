/**
 * From a body of `POST /v1/responses` to the domain's request.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { CompletionRequest, JsonObject } from "../../../domain/Completion.ts"
import { GatewayError, type Issue } from "../../../domain/GatewayError.ts"
import type { Generated } from "../../../gateway/whole.ts"
import { dropUnsupported } from "../../dropUnsupported.ts"
import * as Fields from "../../Fields.ts"
import { boolean, object } from "../../json.ts"
import type { Incoming, Reading, Wanted } from "../../Surface.ts"
import { invalid } from "../invalid.ts"
import { costHeaders } from "../usage.ts"
import { eventsOf } from "./events.ts"
import { readMessages } from "./input.ts"
import { readOffer } from "./offer.ts"
import { toOutput } from "./output.ts"
import { readParameters } from "./parameters.ts"
import { refuse } from "./refusals.ts"
import { type Head, toEcho, toResponse } from "./response.ts"
import type { ResponseObject } from "./ResponseObject.ts"

/** Understands a request for a response, and how its client wants to be told. */
export const reading: Reading = (incoming) =>
  Effect.suspend(() => {
    const read = readResponse(incoming)
    if (read instanceof GatewayError) return Effect.fail(read)
    const { head, request, stream } = read
    const reply: Wanted["reply"] = stream
      ? { _tag: "Streamed", events: eventsOf(head) }
      : { _tag: "Whole", headers: costHeaders, body: (generated) => toBody(head, generated) }
    return Effect.succeed({ request, reply })
  })

/** The response that a whole answer makes. */
export const toBody = (
  head: Head,
  { answer: { choices: [choice] }, model, usage }: Generated
): ResponseObject =>
  toResponse(head, {
    model,
    usage,
    output: choice ? toOutput(head, choice) : [],
    end: choice?.finishReason ?? "stop"
  })

interface Read {
  readonly request: CompletionRequest
  readonly head: Head
  readonly stream: boolean
}

/** The request that came in, or what is wrong with it. Fields that nobody knows are no fault. */
const readResponse = ({ body: value, headers, now, requestId }: Incoming): Read | GatewayError => {
  const body = object(value)
  if (body === undefined) return invalid([{ path: [], message: "The body is not an object" }])
  const drop = dropUnsupported(headers, false)
  if (drop instanceof GatewayError) return drop

  const issues: Array<Issue> = []
  refuse(body, issues)
  const { optional, required } = Fields.make(body, issues)
  const model = required("model", Fields.textUpTo(256), "the id of a model")
  const leftOut = drop ? Array<string>() : undefined
  const { parameters: tools, toolbox } = readOffer(body, { issues, leftOut })
  const messages = readMessages(body, toolbox, issues)
  const parameters = { ...readParameters(body, issues), ...tools }
  const stream = optional("stream", boolean, "true or false") ?? false
  if (issues.length > 0 || model === undefined) return invalid(issues)
  return {
    request: { model, messages, parameters, dropUnsupported: drop, leftOut },
    head: { ...headOf(body, requestId, now), toolbox },
    stream
  }
}

const headOf = (body: JsonObject, requestId: string, now: number): Omit<Head, "toolbox"> => ({
  name: requestId.replace(/^req_/, ""),
  createdAt: Math.floor(now / 1000),
  echo: toEcho(body)
})
