/**
 * Texts as vectors, by the same way as answers.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type { CompletionRequest } from "../domain/Completion.ts"
import type { EmbeddingProgress, EmbeddingRequest, Embeddings } from "../domain/Embedding.ts"
import { GatewayError, invalidRequest, type Issue } from "../domain/GatewayError.ts"
import type { Message } from "../domain/Message.ts"
import { lacks } from "../domain/Model.ts"
import type { Usage } from "../domain/Usage.ts"
import * as Written from "../ledger/tokens/Written.ts"
import type { Deployment } from "../routing/ModelTable.ts"
import { written } from "./account.ts"
import type { Ask } from "./Ask.ts"
import type { Course } from "./call.ts"
import type { Journey } from "./Journey.ts"
import { inOnePiece, type Piece, type Read } from "./onePiece.ts"
import { auto } from "./plan.ts"
import type { Tools } from "./Tools.ts"
import { travel } from "./travel.ts"
import { manner } from "./whole.ts"

/** A request for vectors, who sends it, and how long it may take. */
export interface EmbedAsk extends Omit<Ask, "request" | "operation"> {
  readonly request: EmbeddingRequest
}

/** Vectors, who made them, and what that took. */
export interface Embedded extends Omit<Piece<Embeddings>, "answer"> {
  /** The id of the model that served it. */
  readonly model: string
  readonly embeddings: Embeddings
}

/** `ask` as limits, books and rough counts see it; or why nobody is asked. */
export const toAsk = (ask: EmbedAsk): Ask | GatewayError => {
  const { inputs, model, user } = ask.request
  if (model === auto) return notForAuto
  return {
    ...ask,
    operation: "embeddings",
    request: {
      model,
      messages: messagesOf(inputs),
      parameters: { maxTokens: 0, user },
      dropUnsupported: false
    }
  }
}

/** `inputs` in one message: what each takes besides its text, a text to embed does not. */
const messagesOf = (inputs: EmbeddingRequest["inputs"]): ReadonlyArray<Message> => [{
  role: "user",
  content: inputs.map((input) => ({ type: "text", text: textFor(input) }))
}]

/** Has somebody make vectors of what `request` asks for. */
export const embed = (
  tools: Tools,
  journey: Journey,
  request: EmbeddingRequest
): Effect.Effect<Embedded, GatewayError> => {
  const course: Course<Embedded> = (leg) => {
    const { deployment } = leg.candidate
    const { model, provider } = deployment
    const { caller, told } = journey.ask
    told.dropped = namesOf(refusals(deployment, request))
    let progress: EmbeddingProgress | undefined
    const note = (now: EmbeddingProgress) => {
      progress = now
    }
    const call = inOnePiece<Embeddings>(tools, journey, leg, {
      ask: (guard) => provider.embed(request, model.upstreamModel, guard, caller, note),
      read: (isGivenUp, asked) => readOf(request.inputs, asked, isGivenUp, progress),
      reported: reportedBy,
      written: () => Written.make()
    })
    return Effect.map(call, ({ answer: embeddings, cost, usage }) => ({
      model: model.id,
      embeddings,
      usage,
      cost
    }))
  }
  return travel(tools, journey, course, {
    ...manner,
    admit: (deployment, asked) => admit(deployment, request, asked)
  })
}

/**
 * What was read of `inputs` without an answer to all of them: those that have their vectors, and
 * where it was given up also those that were sent.
 */
const readOf = (
  inputs: EmbeddingRequest["inputs"],
  asked: CompletionRequest,
  isGivenUp: boolean,
  progress: EmbeddingProgress | undefined
): Read | undefined => {
  const { answered = 0, promptTokens, sent = inputs.length } = progress ?? {}
  const read = isGivenUp ? sent : answered
  if (read === 0) return undefined
  return {
    request: { ...asked, messages: messagesOf(inputs.slice(0, read)) },
    reported: read === answered ? reportedBy({ vectors: [], promptTokens }) : undefined
  }
}

/** `asked`, where `deployment` can honour `request`. */
const admit = (
  deployment: Deployment,
  request: EmbeddingRequest,
  asked: CompletionRequest
): CompletionRequest | GatewayError => {
  const { model, provider: { settings: { provider } } } = deployment
  if (lacks(model, "embeddings")) {
    return noVectors(`Model "${model.id}" makes no vectors: ask one that does`)
  }
  if (provider.dialect.embeddings === undefined) {
    return noVectors(`Model "${model.id}" is served by a provider that makes no vectors`)
  }
  const issues = refusals(deployment, request)
  const unreadable = issues.filter((issue) => nameOf(issue) === "inputs")
  const [first] = unreadable
  // There is no answer to a request without what it is about.
  if (first) {
    return invalidRequest(`Model "${model.id}" cannot read all of it: ${first.message}`, {
      kind: "unsupported_input",
      issues: unreadable
    })
  }
  if (issues.length === 0 || request.dropUnsupported) return asked
  return invalidRequest(`Model "${model.id}" cannot honour ${namesOf(issues).join(", ")}`, {
    kind: "unsupported_parameter",
    issues,
    canDrop: true
  })
}

const noVectors = (message: string): GatewayError =>
  invalidRequest(message, { kind: "no_embeddings", issues: [{ path: ["model"], message }] })

/** What `deployment` has no words for. */
const refusals = (
  { model, provider: { settings: { provider: { dialect: { embeddings } } } } }: Deployment,
  request: EmbeddingRequest
): ReadonlyArray<Issue> => embeddings?.unsupported(request, model.upstreamModel) ?? []

const namesOf = (issues: ReadonlyArray<Issue>) => Array.from(new Set(issues.map(nameOf)))

const nameOf = ({ path: [name] }: Issue): string => String(name)

const reportedBy = ({ promptTokens }: Embeddings): Usage | undefined =>
  promptTokens === undefined ? undefined : { ...written(promptTokens, 0), source: "reported" }

/** What stands for an input where its tokens are counted. */
const textFor = (input: EmbeddingRequest["inputs"][number]): string =>
  // A word that is one token, by the tokenizer and by the rule of thumb.
  typeof input === "string" ? input : " the".repeat(input.length)

const notForAuto = invalidRequest(
  `"${auto}" chooses a model anew each time, and vectors of different models cannot be compared: ` +
    "name a model",
  { kind: "auto_embeddings", issues: [{ path: ["model"], message: "Name a model" }] }
)
