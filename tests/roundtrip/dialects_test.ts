import { assertEquals } from "@std/assert"
import { anthropic } from "./anthropic.ts"
import { gemini, newGemini } from "./gemini.ts"
import { openai } from "./openai.ts"
import { property } from "./property.ts"
import { requests } from "./requests.ts"
import { assertCarried } from "./Spoken.ts"

const all = { openai, anthropic, "gemini 2.5": gemini, "gemini 3": newGemini }

for (const [name, spoken] of Object.entries(all)) {
  property(
    `whatever is asked comes through ${name} as it was, but for what that dialect cannot carry`,
    requests,
    (request) => assertCarried(spoken, request)
  )
}

for (const [from, asked] of Object.entries(all)) {
  for (const [to, told] of Object.entries(all)) {
    property(
      `what a client asks in the words of ${from} reaches a provider that speaks ${to}`,
      requests,
      (request) => {
        const { original, ...read } = asked.read(asked.write(request))
        assertEquals(original?.dialect, asked.name)
        assertCarried(told, read)
      },
      150
    )
  }
}
