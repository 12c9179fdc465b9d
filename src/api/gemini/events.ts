/**
 * What `streamGenerateContent` answers: chunks, each like a whole answer with a part of it.
 *
 * @module
 */
import type { JsonObject } from "../../domain/Completion.ts"
import { object } from "../json.ts"
import type { Ending } from "../../gateway/Client.ts"
import type { Events } from "../Surface.ts"
import * as Candidate from "./Candidate.ts"
import { toFailure } from "./error.ts"
import type { Framing } from "./framing.ts"
import { finishReasons, usageMetadata } from "./parts.ts"

/** The chunks of the stream `id`. Thoughts are told to those only who ask for them. */
export const eventsOf = (id: string, framing: Framing, showsThoughts: boolean): Events => {
  const candidates: Array<Candidate.Candidate | undefined> = []
  let end = ""

  const candidateOf = (choice: number): Candidate.Candidate =>
    candidates[choice] ??= Candidate.make(showsThoughts)

  /** `beside` is told of the candidate beside its content. */
  const chunk = (choice: number, parts: ReadonlyArray<JsonObject>, beside: JsonObject): string =>
    framing.chunk(
      `{"candidates":[${
        JSON.stringify({ content: { parts, role: "model" }, index: choice, ...beside })
      }]${end}`
    )

  const last = ({ finishes, model, usage }: Ending): JsonObject => ({
    candidates: finishes.map(({ choice, reason, foreign }) => ({
      content: { parts: noParts, role: "model" },
      finishReason: finishReasons[reason],
      index: choice,
      ...candidates[choice]?.logprobs(),
      ...(foreign?.dialect === "gemini" ? foreign.part : {})
    })),
    usageMetadata: usageMetadata(usage),
    modelVersion: model,
    responseId: id
  })

  return {
    contentType: framing.contentType,
    open: ({ model }) => {
      end = `,"modelVersion":${JSON.stringify(model)},"responseId":${JSON.stringify(id)}}`
      return framing.begin
    },
    delta: (delta) => {
      if (delta._tag === "Finish" || delta._tag === "Usage") return ""
      const { choice } = delta
      const candidate = candidates[choice]
      // Nearly every delta is text, and nothing is remembered: the chunk is put together around it.
      if (delta._tag === "Text" && candidate === undefined) {
        return framing.chunk(
          `{"candidates":[{"content":{"parts":[{"text":${
            JSON.stringify(delta.text)
          }}],"role":"model"},"index":${choice}}]${end}`
        )
      }
      const { logprobs, part } = candidate ?? candidateOf(choice)
      const parts = part(delta)
      const beside = delta._tag === "Foreign" && delta.dialect === "gemini"
        ? object(delta.part.candidate)
        : undefined
      if (beside) return chunk(choice, noParts, beside)
      return parts.length === 0 ? "" : chunk(choice, parts, delta._tag === "Text" ? logprobs() : {})
    },
    keepAlive: framing.keepAlive,
    finish: (ending) => {
      const rest = ending.finishes.flatMap(({ choice }) => {
        const parts = candidates[choice]?.rest() ?? []
        return parts.length === 0 ? [] : [chunk(choice, parts, {})]
      })
      return [...rest, framing.chunk(JSON.stringify(last(ending))) + framing.end]
    },
    fail: (error) => framing.chunk(JSON.stringify(toFailure(error, id).body)) + framing.end
  }
}

/** Some clients take a content without parts for a failure. */
const noParts = [{ text: "" }]
