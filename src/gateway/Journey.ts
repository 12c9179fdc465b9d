/**
 * How far one request has come: its time, its attempts, and what it has used.
 *
 * @module
 */
import type { CompletionRequest } from "../domain/Completion.ts"
import type { Rates } from "../domain/Cost.ts"
import type { GatewayError } from "../domain/GatewayError.ts"
import type { Called, Charge, Opened } from "../ledger/Entry.ts"
import type { Page } from "../ledger/Ledger.ts"
import type { Reservation, Scope } from "../guard/limits/Limiter.ts"
import type { Snapshot } from "../routing/ModelTable.ts"
import type { Ask } from "./Ask.ts"
import type { Attempt, Candidate, Decision } from "./Decision.ts"

/** One request on its way. */
export interface Journey {
  readonly ask: Ask
  /** The configuration that it started with, and keeps. */
  readonly snapshot: Snapshot
  readonly decision: Decision
  /** When it came, in monotonic milliseconds. */
  readonly startedAt: number
  /** When its time is over, or that until the first content. */
  deadline: number
  /** When its time is over, once there is content. */
  lastDeadline: number
  /** How often a provider may be asked, at most. */
  readonly mostAttempts: number
  /** What it took from its caller's limits. */
  reserved: Reservation | undefined
  /** What it took from the limits of the model that it is at. */
  model: ModelReservation | undefined
  /** The model's limits that its client is told of beside the caller's; absent before any are. */
  told: Scope | undefined
  /** Tokens that it used in all. */
  spent: number
  /** Its page in the books. */
  readonly page: Page
  /** What is known of it as long as it is under way. */
  readonly opened: Opened
  /** Calls that are over. */
  readonly calls: Array<Called>
  /** Its prompt by a rule of thumb; absent as long as nobody needed it. */
  roughPrompt: number | undefined
  /** From when it came to the first content that its client was sent, in milliseconds. */
  firstTokenMs: number | undefined
  /** Whether a content filter ended the answer. */
  isFiltered: boolean
  /** Waiting between calls, since a provider needs a rest, in milliseconds. */
  pausedMs: number
  /** Why the answer broke off after something was shown; absent where it did not. */
  broke: GatewayError | undefined
  /** Whether the call at hand is read on when the client leaves. */
  drains: boolean
}

/** What a request took from one model's limits. */
export interface ModelReservation {
  readonly id: string
  readonly scope: Scope
  readonly reservation: Reservation
  /** Whether a provider was asked. */
  asked: boolean
  /** Tokens that it used of this model. */
  spent: number
}

/** One call to a provider, about to be made. */
export interface Leg {
  readonly candidate: Candidate
  /** The request as this candidate can honour it. */
  readonly request: CompletionRequest
  /** How long it may take, in milliseconds. */
  readonly leftMs: number
  readonly attempt: Attempt
  /** When it began, in monotonic milliseconds. */
  readonly startedAt: number
  /** When it had a place at the provider's actor; absent as long as it has none. */
  placedAt: number | undefined
  /** The prices in force when it began; absent where nobody knows them. */
  readonly rates: Rates | undefined
  /** When the provider was done; absent as long as it is not, and where nothing was left to do then. */
  endedAt: number | undefined
  /** What is charged for it; absent as long as that is nothing. */
  charge: Charge | undefined
  /** When the first content came, in milliseconds after it began. */
  firstTokenMs: number | undefined
  /** To be told when the first content comes. */
  readonly showed: () => void
}

/** Gives back what the model at hand was not used for. */
export const leaveModel = (journey: Journey): void => {
  const { model } = journey
  if (model?.asked) model.reservation.settle(model.spent)
  else model?.reservation.release()
  journey.model = undefined
}

/** Settles everything: once, however the request ended. */
export const settle = (journey: Journey): void => {
  leaveModel(journey)
  if (journey.decision.attempts.length > 0) journey.reserved?.settle(journey.spent)
  else journey.reserved?.release()
}
