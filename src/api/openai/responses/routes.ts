/**
 * The route of the Responses API.
 *
 * @module
 */
import { answering } from "../../answering.ts"
import type { ThinRoute } from "../../ThinRoute.ts"
import { reading } from "./read.ts"
import { responses } from "./surface.ts"

/** What clients of the Responses API can call. */
export const responsesRoutes: ReadonlyArray<ThinRoute> = [
  {
    method: "POST",
    path: "/v1/responses",
    needs: "inference",
    takesBody: true,
    surface: responses,
    handle: answering(responses, reading),
    summary: "Answer as the Responses API does, in one piece or as it is written"
  }
]
