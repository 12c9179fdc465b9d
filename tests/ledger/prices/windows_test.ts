import { assertEquals } from "@std/assert"
import { windowOf } from "../../../src/ledger/prices/windows.ts"

Deno.test("windowOf() knows how much some models read, by their exact names", () => {
  assertEquals(windowOf("openai", "gpt-4"), 8192)
  assertEquals(windowOf("deepseek", "DeepSeek-V4-Pro"), 1_000_000)
})

Deno.test("windowOf() does not guess", () => {
  for (
    const [provider, model] of [
      ["openai", "gpt-4-nonsense"],
      ["openai", "whisper-1"],
      ["openai", "constructor"],
      ["my-openai-proxy", "gpt-4"],
      ["nonsense", "gpt-4"]
    ] as const
  ) assertEquals(windowOf(provider, model), undefined, `${provider} ${model}`)
})
