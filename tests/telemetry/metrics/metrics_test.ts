import { assertEquals } from "@std/assert"
import { counters, gauges, histograms } from "../../../src/telemetry/metrics/metrics.ts"

const page = Deno.readTextFileSync(new URL("../../../docs/telemetry.md", import.meta.url))

const rowsOf = (heading: string) =>
  (page.split(/^##+ /m).find((text) => text.startsWith(`${heading}\n`)) ?? "").split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()))
    .map(([name, unit, , meaning]) => [name, unit, meaning])

for (
  const [heading, metrics] of [
    ["Histograms", histograms],
    ["Counters", counters],
    ["Gauges", gauges]
  ] as const
) {
  Deno.test(`the page on metrics lists all ${heading.toLowerCase()} as they are, and no other`, () => {
    const wanted = Object.values(metrics).map(({ name, unit, description }) => [
      `\`${name}\``,
      unit && `\`${unit}\``,
      description
    ])
    assertEquals(rowsOf(heading), wanted)
  })
}
