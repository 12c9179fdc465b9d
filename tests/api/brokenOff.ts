/**
 * Answers that fail and break off, behind three dialects of which each goes on for the one before.
 *
 * @module
 */
import * as FakeProvider from "../kit/FakeProvider.ts"

/** Each model's answers are taken up by the next. */
export const takenUp = {
  config: {
    load_balancing: { failure_threshold: 1000 },
    models: {
      "gpt-4": { stream_recovery: "resume", fallback_models: ["claude-3", "gemini-pro"] },
      "claude-3": { stream_recovery: "resume", fallback_models: ["gemini-pro"] },
      "gemini-pro": { stream_recovery: "resume" }
    }
  }
}

const toolCalls = [
  { name: "look", arguments: '{"a":{"b":"}"}}' },
  { name: "wait", arguments: "{}" },
  { name: "look", arguments: '{"c":1}' }
]
const whole = FakeProvider.answer({ reasoning: ["Hm"], text: "Let me see.", toolCalls })

/** What the provider does, and whether the client is told at the end that nobody could go on. */
export const courses: Readonly<
  Record<string, readonly [FakeProvider.Script | FakeProvider.Choose, fails: boolean]>
> = {
  whole: [whole, false],
  "one fails": [FakeProvider.sequence(FakeProvider.fail("server"), whole), false],
  "one breaks off": [
    FakeProvider.sequence(
      FakeProvider.answer({ text: "One two three", breaks: { after: 2, by: "reset" } }),
      FakeProvider.answer({ text: "One two three four" })
    ),
    false
  ],
  "all break off": [
    FakeProvider.answer({ text: "One two", breaks: { after: 1, by: "reset" } }),
    true
  ],
  "all break off in a call": [
    FakeProvider.answer({ toolCalls, breaks: { after: 2, by: "reset" } }),
    true
  ]
}
