/**
 * The routes of OpenAI's API.
 *
 * @module
 */
import { answering } from "../answering.ts"
import { listModels as listForGoogle, oneModel as oneForGoogle } from "../gemini/models.ts"
import { orGoogles } from "../gemini/sharedPath.ts"
import type { ThinRoute } from "../ThinRoute.ts"
import { chat } from "./chat/reading.ts"
import { completions } from "./completions/reading.ts"
import { embeddings } from "./embeddings.ts"
import { listModels, oneModel } from "./models.ts"
import { responsesRoutes } from "./responses/routes.ts"
import { openai, openaiCompletions, openaiEmbeddings } from "./surface.ts"

const asking = { method: "POST", needs: "inference", takesBody: true, surface: openai } as const
const looking = { method: "GET", needs: "inference", takesBody: false, surface: openai } as const

/** What clients of OpenAI's API can call. */
export const openaiRoutes: ReadonlyArray<ThinRoute> = [
  {
    ...asking,
    path: "/v1/chat/completions",
    handle: answering(openai, chat),
    summary: "Answer a chat, whole or streamed"
  },
  {
    ...asking,
    path: "/v1/completions",
    surface: openaiCompletions,
    handle: answering(openaiCompletions, completions),
    summary: "Go on after a prompt, whole or streamed"
  },
  ...responsesRoutes,
  {
    ...asking,
    path: "/v1/embeddings",
    surface: openaiEmbeddings,
    handle: embeddings,
    summary: "Make vectors of texts"
  },
  {
    ...looking,
    isShared: true,
    path: "/v1/models",
    handle: orGoogles(listModels, listForGoogle),
    summary: "List the models"
  },
  {
    ...looking,
    isShared: true,
    path: "/v1/models/:model*",
    handle: orGoogles(oneModel, oneForGoogle),
    summary: "Tell of one model"
  }
]
