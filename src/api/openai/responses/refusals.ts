/**
 * What of the Responses API cannot be done without keeping responses.
 *
 * @module
 */
import type { JsonObject } from "../../../domain/Completion.ts"
import type { Fields } from "../../Fields.ts"

/** Notes whatever of `body` asks for such a thing; `fields` are its own. */
export const refuse = ({ refused }: Fields, body: JsonObject): void => {
  refused(
    "previous_response_id",
    "No responses are kept here: send the whole conversation in input, with the output items of " +
      "earlier responses as they came"
  )
  refused("conversation", "No conversations are kept here: send the whole conversation in input")
  refused("prompt", "No prompts are kept here: send the prompt itself in instructions and input")
  if (body.background !== false) {
    refused(
      "background",
      "No responses are kept here to be fetched later: wait, or ask for a stream"
    )
  }
}
