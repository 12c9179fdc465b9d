/**
 * A streamed answer in OpenAI's words.
 *
 * @module
 */
import type { EventReader } from "../Dialect.ts"
import { badResponse } from "../fault.ts"
import { object, parse } from "../json.ts"
import * as Choices from "./choices.ts"
import { announcedFault, faultOf } from "./fault.ts"
import { readUsage } from "./usage.ts"

const terminator = "[DONE]"

/** Starts to read one streamed answer. */
export const reader = (): EventReader => {
  const choices = Choices.make()
  return {
    read: (event, data, out) => {
      if (data === terminator || data.trim() === terminator) {
        choices.end(out)
        return choices.areFinished()
          ? "end"
          : badResponse("The provider's stream ended without an answer")
      }
      const chunk = object(parse(data))
      // An event without data says nothing: some servers keep a connection alive with it.
      if (chunk === undefined) return data.trim() === "" ? "more" : "malformed"
      const fault = event === "error" ? faultOf(chunk.error ?? chunk) : announcedFault(chunk)
      if (fault) return fault
      const broken = choices.read(chunk.choices, "readPiece", out)
      if (broken) return broken
      const usage = readUsage(chunk)
      if (usage) out.push({ _tag: "Usage", usage })
      return "more"
    },
    finish: () => choices.areFinished()
  }
}
