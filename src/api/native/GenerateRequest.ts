/**
 * What `/generate` and `/generate/stream` take.
 *
 * @module
 */
import * as Schema from "effect/Schema"
import { ReasoningDetail } from "./ReasoningDetail.ts"

const optional = Schema.optionalKey
const between = (minimum: number, maximum: number) => Schema.isBetween({ minimum, maximum })

/** A piece of a message. */
const Part = Schema.Union([
  Schema.Struct({ type: Schema.Literal("text"), text: Schema.String }),
  Schema.Struct({
    type: Schema.Literal("image_url"),
    image_url: Schema.Struct({
      /** An `https:` address or a `data:` URL. */
      url: Schema.NonEmptyString,
      detail: optional(Schema.Literals(["auto", "low", "high"]))
    })
  })
]).annotate({ message: 'Expected a part of type "text" or "image_url"' })

const Content = Schema.Union([Schema.String, Schema.Array(Part)])
  .annotate({ message: "Expected a text or an array of parts" })

const ToolCall = Schema.Struct({
  /** As streams have it; it says nothing here. */
  index: optional(Schema.Natural),
  id: Schema.NonEmptyString,
  type: Schema.Literal("function"),
  function: Schema.Struct({ name: Schema.NonEmptyString, arguments: Schema.String }),
  /** The provider's proof of the thought behind the call: send it back as it came. */
  signature: optional(Schema.String)
})

const Message = Schema.Union([
  Schema.Struct({ role: Schema.Literal("system"), content: Content }),
  Schema.Struct({
    role: Schema.Literal("user"),
    content: Content,
    name: optional(Schema.NonEmptyString)
  }),
  Schema.Struct({
    role: Schema.Literal("assistant"),
    content: optional(Schema.NullOr(Content)),
    reasoning_content: optional(Schema.NullOr(Schema.String)),
    reasoning_details: optional(Schema.Array(ReasoningDetail)),
    tool_calls: optional(Schema.Array(ToolCall))
  }),
  Schema.Struct({
    role: Schema.Literal("tool"),
    tool_call_id: Schema.NonEmptyString,
    content: Content
  })
]).annotate({ message: 'Expected a message of role "system", "user", "assistant" or "tool"' })

const Tool = Schema.Struct({
  type: Schema.Literal("function"),
  function: Schema.Struct({
    name: Schema.String.check(
      Schema.isPattern(/^[A-Za-z0-9_-]{1,64}$/, {
        message: "Expected 1 to 64 letters, digits, _ or -"
      })
    ),
    description: optional(Schema.String),
    /** JSON Schema of the arguments. */
    parameters: optional(Schema.JsonObject),
    strict: optional(Schema.NullOr(Schema.Boolean))
  })
})

const ToolChoice = Schema.Union([
  Schema.Literals(["auto", "none", "required"]),
  Schema.Struct({
    type: Schema.Literal("function"),
    function: Schema.Struct({ name: Schema.NonEmptyString })
  })
])

const ResponseFormat = Schema.Union([
  Schema.Struct({ type: Schema.Literal("text") }),
  Schema.Struct({ type: Schema.Literal("json_object") }),
  Schema.Struct({
    type: Schema.Literal("json_schema"),
    json_schema: Schema.Struct({
      name: Schema.NonEmptyString,
      description: optional(Schema.String),
      schema: Schema.JsonObject,
      strict: optional(Schema.NullOr(Schema.Boolean))
    })
  })
])

const Stop = Schema.NonEmptyString

/** How to answer; what is left out is left to the provider. */
const Parameters = Schema.Struct({
  /** Randomness. */
  temperature: optional(Schema.Finite.check(between(0, 2))),
  /** Budget for the answer in tokens, reasoning included. */
  max_tokens: optional(Schema.Int.check(between(1, 10_000_000))),
  top_p: optional(Schema.Finite.check(between(0, 1))),
  /** Answers as `/generate/stream` does. Default: false. */
  stream: optional(Schema.Boolean),
  /** Texts that end the answer. */
  stop: optional(Schema.Union([Stop, Schema.Array(Stop).check(Schema.isMaxLength(16))])),
  seed: optional(Schema.Int),
  presence_penalty: optional(Schema.Finite.check(between(-2, 2))),
  frequency_penalty: optional(Schema.Finite.check(between(-2, 2))),
  /** How many answers to give. Default: 1. */
  n: optional(Schema.Int.check(between(1, 16))),
  response_format: optional(ResponseFormat),
  tools: optional(Schema.Array(Tool).check(Schema.isMaxLength(512))),
  tool_choice: optional(ToolChoice),
  reasoning_effort: optional(
    Schema.Literals(["none", "minimal", "low", "medium", "high", "xhigh"])
  ),
  /** The end user on whose behalf you ask: a label, passed on where a provider takes it. */
  user: optional(Schema.String.check(Schema.isMaxLength(256))),
  /** Labels of your own: at most 16, never sent to a provider, and not kept yet. */
  metadata: optional(
    Schema.Record(
      Schema.String.check(Schema.isMaxLength(64)),
      Schema.String.check(Schema.isMaxLength(512))
    ).check(Schema.isMaxProperties(16))
  ),
  /** As outside of `parameters`, for clients that can only set those. */
  drop_unsupported: optional(Schema.Boolean)
})

/** What `/generate` and `/generate/stream` take. */
export const GenerateRequest = Schema.Struct({
  /** The id of a model, as `/models` lists it. */
  model: Schema.NonEmptyString.check(Schema.isMaxLength(256)),
  /** The conversation so far, oldest first. */
  messages: Schema.Array(Message).check(Schema.isMinLength(1), Schema.isMaxLength(10_000)),
  parameters: optional(Parameters),
  /** Leaves out what the model cannot honour, instead of refusing the request. Default: false. */
  drop_unsupported: optional(Schema.Boolean)
}).annotate({ identifier: "GenerateRequest" })

/** What `/generate` and `/generate/stream` take. */
export type GenerateRequest = typeof GenerateRequest.Type
