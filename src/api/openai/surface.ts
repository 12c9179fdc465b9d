/**
 * How clients of OpenAI's API are spoken with.
 *
 * @module
 */
import { failing, toldHeaders } from "../respond.ts"
import type { Surface } from "../Surface.ts"
import { toFailure } from "./errors.ts"
import { chatNames, completionNames, embeddingNames, leftOut, type Names } from "./names.ts"

/** The surface of OpenAI's clients, who are told of parts of their requests by these names. */
export const openaiBy = (names: Names): Surface => ({
  name: "openai",
  failure: (error, requestId, headers) =>
    failing(error, toFailure(error, requestId, names), requestId, headers),
  headers: (told) => ({
    ...toldHeaders({ ...told, dropped: told.dropped.map((part) => leftOut(names, part)) }),
    ...(told.elapsedMs ? { "openai-processing-ms": String(told.elapsedMs()) } : {})
  })
})

/** The surface of OpenAI's clients, where they ask for a chat or for no answer at all. */
export const openai = openaiBy(chatNames)

/** The surface of clients who have a text gone on with. */
export const openaiCompletions = openaiBy(completionNames)

/** The surface of clients who want vectors. */
export const openaiEmbeddings = openaiBy(embeddingNames)
