/**
 * Requests whose clients speak Gemini's API themselves, and what is asked beside an answer.
 *
 * @module
 */
import type { CountingDialect } from "../Dialect.ts"
import { badResponse } from "../fault.ts"
import { count, object } from "../json.ts"
import { keeping } from "../original.ts"
import { encode } from "./encode.ts"
import { faultOf } from "./fault.ts"
import { modelPath } from "./modelPath.ts"

/** Of these something is read. The model stands in the path, and nowhere else. */
const read: ReadonlySet<string> = new Set([
  "model",
  "contents",
  "systemInstruction",
  "tools",
  "toolConfig",
  "generationConfig"
])
const kept: ReadonlySet<string> = new Set(["systemInstruction", "toolConfig"])

/** The call that asks for a request, in the words of a client that speaks Gemini's API. */
export const call = keeping({ dialect: "gemini", read, own: new Set(), kept }, encode)

/** `countTokens`: of the whole prompt, which is more than its contents. */
export const counting: CountingDialect = {
  encode: (request, target) => {
    const { contents, systemInstruction, tools } = call(request, target).body
    const path = modelPath(target.model)
    return {
      path: `${path}:countTokens`,
      body: {
        generateContentRequest: {
          model: /^(?:models|tunedModels)\//.test(target.model)
            ? target.model
            : `models/${target.model}`,
          contents,
          systemInstruction,
          tools
        }
      }
    }
  },
  decode: (body) => {
    const answer = object(body)
    const error = object(answer?.error)
    if (error) return faultOf(error)
    return count(answer?.totalTokens) ?? badResponse("The provider's answer has no count")
  }
}
