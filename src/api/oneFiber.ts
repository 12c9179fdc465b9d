/**
 * A request's fiber.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import type { GatewayError } from "../domain/GatewayError.ts"
import type { Told } from "../gateway/Ask.ts"
import { refuse } from "./refuse.ts"
import type { Surface } from "./Surface.ts"

/** Answers a request: with a response, or by `respond` at any time; `leave` gives it up. */
export type Handle = (
  respond: (response: Response) => void,
  leave: () => void
) => Effect.Effect<Response | undefined, GatewayError>

/** One fiber for a whole request; a client that leaves interrupts it. */
export const oneFiber = (fork: <A>(effect: Effect.Effect<A>) => Fiber.Fiber<A>) =>
(
  surface: Surface,
  request: Request,
  requestId: string,
  told: Told,
  handle: Handle
): Promise<Response> =>
  new Promise((resolve) => {
    const { signal } = request
    // Nobody would tell of it again.
    if (signal.aborted) return resolve(gone())
    const leave = () => fiber.interruptUnsafe()
    const fiber = fork(
      Effect.catchCause(
        handle(resolve, leave),
        (cause) => refuse(surface, cause, requestId, told)
      )
    )
    signal.addEventListener("abort", leave)
    fiber.addObserver((exit) => {
      if (Exit.isSuccess(exit) && exit.value) resolve(exit.value)
      else if (Exit.isFailure(exit)) resolve(gone())
      // The runtime keeps the signal until its next full collection: what hangs on it stays too.
      signal.removeEventListener("abort", leave)
    })
  })

/** For a client that is gone: whoever is still asked for a response gets one. */
const gone = () => new Response(null, { status: 499 })
