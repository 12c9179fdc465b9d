/**
 * How far one request has come: its time, its attempts, and what it has used.
 *
 * @module
 */
import type { CompletionRequest } from "../domain/Completion.ts"
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
  readonly lastDeadline: number
  /** How often a provider may be asked, at most. */
  readonly mostAttempts: number
  /** What it took from its caller's limits. */
  reserved: Reservation | undefined
  /** What it took from the limits of the model that it is at. */
  model: ModelReservation | undefined
  /** Tokens that it used in all. */
  spent: number
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
