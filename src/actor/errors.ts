/**
 * Why an actor did not do what it was asked.
 *
 * @module
 */
import * as Data from "effect/Data"

/** The mailbox has no room: the actor is told more than it can work through. */
export class MailboxFull extends Data.TaggedError("MailboxFull")<{
  readonly actor: string
}> {}

/** The actor has as much work as it may have, and its waiting room is full too. */
export class ActorBusy extends Data.TaggedError("ActorBusy")<{
  readonly actor: string
}> {}

/** The actor takes no work now: it is restarting, draining, or was given up. */
export class ActorDown extends Data.TaggedError("ActorDown")<{
  readonly actor: string
  readonly phase: "restarting" | "draining" | "stopped"
}> {}

/** The work was lost: the actor crashed under it, or the work itself has a bug. */
export class ActorCrashed extends Data.TaggedError("ActorCrashed")<{
  readonly actor: string
  /** The bug, where it was the work's own. */
  readonly defect?: unknown
}> {}
