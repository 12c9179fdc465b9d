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
import { UpstreamFault } from "../domain/UpstreamFault.ts"
import { plus as plusUsage, type Usage } from "../domain/Usage.ts"
import { estimate } from "../ledger/estimate.ts"
import { account, targetOf } from "./account.ts"
import type { Client } from "./Client.ts"
import { deliver, diverged, newCall, nothing } from "./deliver.ts"
import type { Course } from "./call.ts"
import type { Journey, Leg } from "./Journey.ts"
import { continuation } from "./resume/plan.ts"
import * as Splice from "./resume/Splice.ts"
import type { Tools } from "./Tools.ts"
import { type Aftermath, travel } from "./travel.ts"

/** Has somebody stream an answer to `client`, who is shown one stream, however many calls it takes. */
export const answerStreamed = (
  tools: Tools,
  journey: Journey,
  client: Client
): Effect.Effect<void, GatewayError> => {
  const delivery = nothing()
  /** The model at hand. */
  let model = ""
  /** What all calls took that the client was shown something of. */
  let usage: Usage | undefined
  let cost: Cost | undefined
  /** The first fault after something was shown: the one to tell. */
  let broke: GatewayError | undefined
  /** Models that refused to go on with an answer that was begun for them. */
  const refusing = new Set<string>()

  /** Notes what a call took: whatever has ended it, what it has shown is paid for. */
  const reckon = (leg: Leg, asked: CompletionRequest, isAnswered: boolean, isLeft: boolean) => {
    const { accepted, showed, usage: reported, written } = delivery.call
    const isPaid = isAnswered || showed || (isLeft && accepted)
    const took = reported ?? (isPaid ? estimate(asked, written) : undefined)
    if (took === undefined) return
    const price = account(tools, journey, leg, took)
    cost = usage === undefined ? price : plusCost(cost, price)
    usage = usage === undefined ? took : plusUsage(usage, took)
  }

  const course: Course<void> = (leg) => {
    const { deployment } = leg.candidate
    const asked = next(leg)
    if (asked === undefined) return Effect.fail(cannotTakeUp(deployment.model.id))
    model = deployment.model.id
    const { guard, watch } = tools.watchman.begin(
      tools.times.streamHeadMs,
      leg.leftMs,
      client.keepAlive
    )
    const begunAt = tools.now()
    const begun = () => {
      leg.firstTokenMs = tools.now() - begunAt
    }
    return Effect.onExit(
      deployment.provider.stream(
        asked,
        targetOf(deployment.model, true),
        guard,
        (deltas) => deliver(deltas, client, watch, delivery, begun),
        journey.ask.caller
      ),
      (exit) =>
        Effect.sync(() => reckon(leg, asked, Exit.isSuccess(exit), Exit.hasInterrupts(exit)))
    )
  }

  /** What to ask for now: the whole answer, or what is missing of it where this model can add that. */
  const next = ({ attempt, candidate: { deployment }, request }: Leg) => {
    delivery.call = newCall(undefined)
    if (!delivery.opened) return request
    const how = delivery.transcript.canResume(request, {
      ...deployment.model,
      prefill: deployment.model.prefill === true && !refusing.has(deployment.model.id)
    })
    if (how === undefined) return undefined
    attempt.resumed = how
    const text = delivery.transcript.text()
    delivery.call = newCall(Splice.make(how, text))
    return continuation(request, how, text)
  }

  const aftermath: Aftermath = (fault, { attempt, request, candidate: { deployment } }) => {
    if (!delivery.opened) return "by_rule"
    broke ??= providerFailed(deployment.model.id, fault)
    const [first] = journey.decision.candidates
    if (first?.policy.streamRecovery !== "resume" || fault === diverged) return "over"
    if (attempt.resumed === "prefill" && fault.class === "bad_request") {
      refusing.add(deployment.model.id)
      return "again"
    }
    // Whether it can be done at all; whether by the next candidate, is seen when its turn comes.
    const best = { ...deployment.model, prefill: true }
    return delivery.transcript.canResume(request, best) === undefined ? "over" : "by_rule"
  }

  return travel(tools, journey, course, aftermath).pipe(
    Effect.map(() => {
      if (!delivery.opened) client.open()
      const { finishes, written } = delivery.call
      const took = usage ?? estimate(journey.ask.request, written)
      client.finish({ model, finishes, usage: took, cost })
    }),
    Effect.catch((error) =>
      delivery.opened ? Effect.sync(() => client.fail(broke ?? error)) : Effect.fail(error)
    )
  )
}

const providerFailed = (model: string, fault: UpstreamFault): GatewayError =>
  new GatewayError({ reason: { _tag: "ProviderFailed", model, fault } })

/** Says nothing of the model: another may do. */
const cannotTakeUp = (model: string) =>
  new UpstreamFault({
    class: "not_found",
    message: `Model "${model}" cannot go on with an answer that another began`
  })
