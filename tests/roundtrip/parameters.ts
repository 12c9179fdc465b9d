/**
 * Parameters of every kind, together as they come.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary"
import type { JsonObject, Parameters, Tool } from "../../src/domain/Completion.ts"
import { label, oneOf } from "./texts.ts"

const schemas: ReadonlyArray<JsonObject> = [
  {},
  { type: "object", properties: { a: { type: ["string", "null"] } }, required: ["a"] },
  { properties: { $ref: { $ref: "#/$defs/x" } }, $defs: { x: { enum: ["", 0, null] } } },
  { type: "object", properties: {}, additionalProperties: false }
]

const tool = Arbitrary.all({
  description: oneOf([undefined, "", "Looks.\n"]),
  parameters: oneOf([undefined, ...schemas]),
  strict: oneOf([undefined, true, false])
})

const tools: Arbitrary.Arbitrary<ReadonlyArray<Tool>> = Arbitrary.map(
  Arbitrary.array(tool, { maxLength: 3 }),
  (all) => all.map((tool, at) => given({ name: ["look", "see", "a-b_c"][at]!, ...tool }))
)

/** Without what is `undefined`. */
const given = <A extends object>(fields: A): A => {
  const there = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(there) as A
}

const maybe = <A>(...values: ReadonlyArray<A>): Arbitrary.Arbitrary<A | undefined> =>
  oneOf([undefined, undefined, ...values])

/** Any parameters, each as often absent as not. */
export const parameters: Arbitrary.Arbitrary<Parameters> = Arbitrary.map(
  Arbitrary.all({
    temperature: maybe(0, 0.7, 1, 2),
    maxTokens: maybe(1, 1000),
    topP: maybe(0, 0.5, 1),
    topK: maybe(1, 40),
    stop: maybe([], ["END"], ["a", " ", "\n\n"], ["1", "2", "3", "4", "5", "6"]),
    seed: maybe(0, -1, 2 ** 31 - 1, 2 ** 40),
    presencePenalty: maybe(0, -2, 0.5),
    frequencyPenalty: maybe(0, 2, 0.5),
    n: maybe(1, 3),
    responseFormat: maybe(
      { type: "text" },
      { type: "json_object" },
      { type: "json_schema", name: "said", schema: schemas[1]! },
      { type: "json_schema", name: "x", description: "An x.", schema: schemas[2]!, strict: true }
    ),
    tools: Arbitrary.flatMap(
      oneOf([false, true]),
      (has) => has ? tools : Arbitrary.Constant(undefined)
    ),
    choice: maybe("auto", "none", "required", "named"),
    parallelToolCalls: maybe(true, false),
    logprobs: maybe(0, 5),
    reasoningEffort: maybe("none", "minimal", "low", "medium", "high", "xhigh"),
    user: Arbitrary.flatMap(
      oneOf([false, true]),
      (has) => has ? label : Arbitrary.Constant(undefined)
    ),
    metadata: maybe({ team: "a" })
  }),
  ({ choice, ...rest }): Parameters => {
    const name = rest.tools?.at(-1)?.name
    const toolChoice = choice !== "named" ? choice : name === undefined ? undefined : { name }
    return given({ ...rest, toolChoice } as Parameters)
  }
)
