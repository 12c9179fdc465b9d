import { assertEquals, assertStringIncludes } from "@std/assert"
import { banner, type StartedProvider } from "../../src/api/banner.ts"

const shown = (...providers: ReadonlyArray<StartedProvider>) =>
  banner({ url: "http://here", file: undefined, providers, simulated: false })

Deno.test("the banner tells each provider's address, and which models it will have", () => {
  const address = "http://own/v1"
  const text = shown(
    { name: "Great", address: "https://great", models: 12, lists: true },
    { name: "Own", address, models: 0, lists: true },
    { name: "One", address, models: 1, lists: false },
    { name: "None", address, models: 0, lists: false },
    { name: "Simulator", address: undefined, models: 7, lists: false }
  )
  const lines = text.split("\n").slice(2, 7)
  assertEquals(lines, [
    "  providers      Great at https://great: 12 models, and those that it lists",
    "                 Own at http://own/v1: those that it lists",
    "                 One at http://own/v1: 1 model",
    "                 None at http://own/v1: no models, as none is configured",
    "                 Simulator: 7 models"
  ])
  assertStringIncludes(shown(), "  providers      none\n")
})
