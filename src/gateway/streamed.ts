/**
 * Answers that are streamed, and taken up by another call where one breaks off.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { type Cost, plus as plusCost } from "../domain/Cost.ts"
import type { CompletionRequest } from "../domain/Completion.ts"
import { GatewayError } from "../domain/GatewayError.ts"
import { plus as plusUsage, type Usage } from "../domain/Usage.ts"
import type { Watch } from "../guard/Watch.ts"
import type { Deployment } from "../routing/ModelTable.ts"
import { account, charged, targetOf, written } from "./account.ts"
import type { Client } from "./Client.ts"
import { deliver, newCall, nothing } from "./deliver.ts"
import type { Course } from "./call.ts"
import type { Journey, Leg } from "./Journey.ts"
import { placing } from "./leg.ts"
import { auto } from "./plan.ts"
import { diverged } from "./resume/diverged.ts"
import { continuation } from "./resume/plan.ts"
import * as Splice from "./resume/Splice.ts"
import type { Tools } from "./Tools.ts"
import { endless } from "./sizeOf.ts"
import { type Aftermath, travel } from "./travel.ts"

/** Tells the client how its answer ended: the last that it is sent. */
export type Farewell = () => void

/**
 * Has somebody stream an answer to `client`, who is shown one stream, however many calls it takes.
 * How it ended is left to be told when all that it took is written down.
 */
export const answerStreamed = (
  tools: Tools,
  journey: Journey,
  client: Client
): Effect.Effect<Farewell, GatewayError> => {
  const delivery = nothing(mayResume(journey))
  /** The first fault after something was shown: the one to tell. */
  let broke: GatewayError | undefined
  /** The model at hand. */
  let model = ""
  /** What all calls took that the client was shown something of. */
  let usage: Usage | undefined
  let cost: Cost | undefined
  let lastWatch: Watch | undefined
  /** Models that refused to go on with an answer that was begun for them. */
  const refusing = new Set<string>()

  /** Notes what a call took: whatever has ended it, what it has shown is paid for. */
  const reckon = (
    leg: Leg,
    asked: CompletionRequest,
    exit: Exit.Exit<unknown, unknown>
  ): Effect.Effect<void> => {
    const { accepted, showed, usage: reported, written: text, finishes } = delivery.call
    const isAnswered = Exit.isSuccess(exit)
    const isPaid = isAnswered || showed || (accepted && Exit.hasInterrupts(exit))
    journey.isFiltered = finishes.some(({ reason }) => reason === "content_filter")
    return Effect.map(
      charged(tools, leg, asked, () => text, {
        reported,
        interrupted: !isAnswered,
        accepted: isPaid
      }),
      (took) => {
        if (took === undefined) return
        const price = account(journey, leg, took)
        // What a provider counts that showed nothing is its own affair.
        if (!isPaid) return
        cost = usage === undefined ? price : plusCost(cost, price)
        usage = usage === undefined ? took : plusUsage(usage, took)
      }
    )
  }

  /** How `deployment` can take up what was shown. */
  const howToTakeUp = ({ model }: Deployment, request: CompletionRequest) =>
    delivery.transcript?.canResume(
      request,
      refusing.has(model.id) ? { ...model, prefill: false } : model
    )

  const course: Course<void> = (leg) => {
    const { deployment } = leg.candidate
    const asked = next(leg)
    model = deployment.model.id
    const { guard, watch } = tools.watchman.begin({
      headMs: tools.times.streamHeadMs,
      totalMs: leg.leftMs,
      contentTotalMs: journey.lastDeadline - tools.now(),
      keepAlive: client.keepAlive,
      spokeAt: lastWatch?.spokeAt()
    })
    lastWatch = watch
    const unwatch = tools.checkpoints.watch({
      page: journey.page,
      number: leg.attempt.number,
      promptTokens: journey.roughPrompt ?? 0,
      written: delivery.call.written,
      rates: leg.rates
    })
    return Effect.onExit(
      deployment.provider.stream(
        asked,
        targetOf(deployment.model, true),
        placing(tools, journey, leg, guard),
        (deltas) => deliver(deltas, model, client, watch, delivery, leg.showed),
        journey.ask.caller
      ),
      (exit) => {
        unwatch()
        return reckon(leg, asked, exit)
      }
    )
  }

  /** What to ask for now: the whole answer, or what is missing of it. */
  const next = ({ attempt: { resumed: how }, request }: Leg): CompletionRequest => {
    if (how === undefined) {
      delivery.call = newCall(undefined)
      return request
    }
    const text = delivery.transcript?.text() ?? ""
    delivery.call = newCall(Splice.make(how, text))
    return continuation(request, how, text)
  }

  const aftermath: Aftermath = (fault, { attempt, request, candidate }) => {
    if (!delivery.opened) return "by_rule"
    const { model } = candidate.deployment
    broke ??= new GatewayError({
      reason: { _tag: "ProviderFailed", model: model.id, fault }
    })
    // Of a model that was named its own policy counts, of one that was chosen the chosen one's.
    const [first] = journey.decision.candidates
    const policy = journey.ask.request.model === auto ? candidate.policy : first?.policy
    if (policy?.streamRecovery !== "resume" || fault === diverged || fault === endless) {
      return "over"
    }
    if (attempt.resumed === "prefill" && fault.class === "bad_request") {
      refusing.add(model.id)
      return "again"
    }
    // Whether it can be done at all; whether by the next candidate, is seen when its turn comes.
    const able = { ...model, prefill: true }
    return delivery.transcript?.canResume(request, able) === undefined ? "over" : "by_rule"
  }

  const canTakeUp = (deployment: Deployment, request: CompletionRequest) =>
    !delivery.opened || howToTakeUp(deployment, request) !== undefined
  const resumes = (deployment: Deployment, request: CompletionRequest) =>
    delivery.opened ? howToTakeUp(deployment, request) : undefined

  return travel(tools, journey, course, { aftermath, canTakeUp, resumes }).pipe(
    Effect.map((): Farewell => () => {
      const { finishes, usage: counted } = delivery.call
      if (!delivery.opened) client.open({ model, usage: counted })
      client.finish({ model, finishes, usage: usage ?? written(0, 0), cost })
    }),
    Effect.catch((error) => {
      if (!delivery.opened) return Effect.fail(error)
      const told = journey.broke = broke ?? error
      return Effect.succeed<Farewell>(() => client.fail(told))
    })
  )
}

/** Whether it has to be written down what is shown. */
const mayResume = ({ ask: { request }, decision: { candidates } }: Journey): boolean =>
  (request.parameters.n ?? 1) === 1 &&
  candidates.some(({ policy }) => policy.streamRecovery === "resume")
