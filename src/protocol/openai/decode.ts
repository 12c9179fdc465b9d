/**
 * A whole answer in OpenAI's words.
 *
 * @module
 */
import type { Delta } from "../../domain/Delta.ts"
import type { UpstreamFault } from "../../domain/UpstreamFault.ts"
import { badResponse } from "../fault.ts"
import { object } from "../json.ts"
import * as Choices from "./choices.ts"
import { announcedFault } from "./fault.ts"
import { readUsage } from "./usage.ts"

/** Reads a whole answer, given as parsed JSON. */
export const decode = (body: unknown): ReadonlyArray<Delta> | UpstreamFault => {
  const answer = object(body)
  if (answer === undefined) return badResponse("The provider's answer is not an object")
  const announced = announcedFault(answer)
  if (announced) return announced

  const out: Array<Delta> = []
  const choices = Choices.make()
  const fault = choices.read(answer.choices, "readWhole", out)
  if (fault) return fault
  if (!choices.areFinished()) return badResponse("The provider's answer lacks a choice")
  const usage = readUsage(answer)
  if (usage) out.push({ _tag: "Usage", usage })
  return out
}
