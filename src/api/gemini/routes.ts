/**
 * The routes of Gemini's API.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { GatewayError } from "../../domain/GatewayError.ts"
import { answering } from "../answering.ts"
import type { Reading } from "../Surface.ts"
import type { ThinRoute } from "../ThinRoute.ts"
import { toAnswer } from "./answer.ts"
import { countTokens } from "./countTokens.ts"
import { batchEmbedContents, embedContent } from "./embedContents.ts"
import { eventsOf } from "./events.ts"
import { asArray, asEvents } from "./framing.ts"
import { listModels, oneModel } from "./models.ts"
import { placeOf, readRequest, wantsThoughts } from "./read.ts"
import { gemini } from "./surface.ts"

const reading = (isStreamed: boolean): Reading =>
(
  { body, headers, params: { model = "" }, query, requestId }
) => {
  const request = readRequest(body, model, headers)
  if (request instanceof GatewayError) return Effect.fail(request)
  const showsThoughts = wantsThoughts(request)
  const framing = query.get("alt") === "sse" ? asEvents : asArray
  return Effect.succeed({
    request,
    pathOf: placeOf(body),
    reply: isStreamed
      ? { _tag: "Streamed", events: eventsOf(requestId, framing(), showsThoughts) }
      : { _tag: "Whole", body: (generated) => toAnswer(requestId, generated, showsThoughts) }
  })
}

const asking = { method: "POST", needs: "inference", takesBody: true, surface: gemini } as const
const looking = { method: "GET", needs: "inference", takesBody: false, surface: gemini } as const

/** What is asked of a model, whose id may have slashes and colons. */
const methodsBelow = (models: string): ReadonlyArray<ThinRoute> => [
  {
    ...asking,
    path: `${models}/:model*:generateContent`,
    handle: answering(gemini, reading(false)),
    summary: "Answer in one piece"
  },
  {
    ...asking,
    path: `${models}/:model*:streamGenerateContent`,
    handle: answering(gemini, reading(true)),
    summary: "Answer as it is written"
  },
  {
    ...asking,
    path: `${models}/:model*:countTokens`,
    handle: countTokens,
    summary: "Count the tokens of a prompt"
  },
  {
    ...asking,
    path: `${models}/:model*:embedContent`,
    handle: embedContent,
    summary: "Make a vector of a text"
  },
  {
    ...asking,
    path: `${models}/:model*:batchEmbedContents`,
    handle: batchEmbedContents,
    summary: "Make vectors of texts"
  }
]

/**
 * What clients of Gemini's API can call. Google's newer libraries ask below `/v1`, where the models
 * are listed at OpenAI's path.
 */
export const geminiRoutes: ReadonlyArray<ThinRoute> = [
  ...methodsBelow("/v1beta/models"),
  ...methodsBelow("/v1/models"),
  { ...looking, path: "/v1beta/models", handle: listModels, summary: "List the models" },
  { ...looking, path: "/v1beta/models/:model*", handle: oneModel, summary: "Tell of one model" }
]
