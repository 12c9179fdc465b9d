/**
 * Why an actor died, fit for anybody's eyes.
 *
 * @module
 */
import * as Cause from "effect/Cause"

/** A defect in one line: its name, and where it was thrown. Its message is not told: it may quote a prompt. */
export const crashReason = (cause: Cause.Cause<unknown>): string => {
  const defect = Cause.squash(cause)
  if (!(defect instanceof Error)) return typeof defect
  const place = /\n\s*(at .*)/.exec(defect.stack ?? "")?.[1]
  return (place === undefined ? defect.name : `${defect.name} ${place}`).slice(0, 200)
}
