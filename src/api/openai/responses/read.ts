/**
 * From a body of `POST /v1/responses` to the domain's request.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { CompletionRequest, JsonObject } from "../../../domain/Completion.ts"
import { GatewayError, invalidRequest, type Issue } from "../../../domain/GatewayError.ts"
import type { Generated } from "../../../gateway/whole.ts"
import { boolean } from "../../json.ts"
import type { PathOf } from "../../places.ts"
import type { Incoming, Reading, Wanted } from "../../Surface.ts"
import { invalid, paramOf } from "../invalid.ts"
import { openingOf } from "../opening.ts"
import { costHeaders } from "../usage.ts"
import { eventsOf } from "./events.ts"
import { placeOf, readMessages } from "./input.ts"
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
    const { head, pathOf, request, stream } = read
    const reply: Wanted["reply"] = stream
      ? { _tag: "Streamed", events: eventsOf(head) }
      : { _tag: "Whole", headers: costHeaders, body: (generated) => toBody(head, generated) }
    return Effect.succeed({ request, reply, pathOf })
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
  readonly pathOf: PathOf
}

/** The request that came in, or what is wrong with it. Fields that nobody knows are no fault. */
const readResponse = ({ body: value, headers, now, requestId }: Incoming): Read | GatewayError => {
  const opening = openingOf(value, headers)
  if (opening instanceof GatewayError) return opening
  const { body, drops: dropUnsupported, fields, issues, model } = opening
  refuse(fields, body)
  const hosted: Array<Issue> = []
  const { parameters: tools, toolbox } = readOffer(body, { issues, hosted })
  const messages = readMessages(body, toolbox, { issues })
  const parameters = { ...readParameters(body, issues), ...tools }
  const stream = fields.optional("stream", boolean, "true or false") ?? false
  if (issues.length > 0 || model === undefined) return invalid(issues)
  if (hosted.length > 0 && !dropUnsupported) {
    const message = "Tools that OpenAI itself runs cannot be offered"
    return invalidRequest(message, { kind: "unsupported_tool", issues: hosted, canDrop: true })
  }
  const leftOut = hosted.map(({ path }) => paramOf(path.slice(0, -1)) ?? "")
  return {
    request: { model, messages, parameters, dropUnsupported, leftOut },
    head: { ...headOf(body, requestId, now), toolbox },
    stream,
    pathOf: placeOf(body)
  }
}

const headOf = (body: JsonObject, requestId: string, now: number): Omit<Head, "toolbox"> => ({
  name: requestId.replace(/^req_/, ""),
  createdAt: Math.floor(now / 1000),
  echo: toEcho(body)
})
