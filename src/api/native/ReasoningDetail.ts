/**
 * A block of reasoning, the same in answers and in the requests that send it back.
 *
 * @module
 */
import * as Schema from "effect/Schema"

/** A block of reasoning, as an answer has it: send it back as it came. */
export const ReasoningDetail = Schema.Union([
  Schema.Struct({
    type: Schema.Literal("text"),
    text: Schema.String,
    signature: Schema.optionalKey(Schema.String)
  }),
  Schema.Struct({ type: Schema.Literal("redacted"), data: Schema.String })
])
