/**
 * Single values: a number, or a bar for each.
 *
 * @module
 */
import type { FieldDefaults } from "./Dashboard.ts"
import { type Box, colourAt, colours, cut, element, text } from "./svg.ts"
import { format } from "./units.ts"

/** A value with its name. */
export interface Value {
  readonly name: string
  readonly value: number
}

/** The text and the colour of `value`: by its mapping, else by its threshold. */
export const shown = (
  value: number,
  { mappings, thresholds, unit, decimals }: FieldDefaults
): { readonly text: string; readonly colour: string } => {
  const mapped = mappings.map(({ options }) => options[`${value}`]).find((found) => found)
  const step = thresholds.steps.findLast((step) => step.value === null || step.value <= value)
  const name = mapped?.color ?? step?.color ?? "green"
  return {
    text: mapped?.text ?? format(value, unit, decimals),
    colour: colours[name] ?? name
  }
}

/** A single number, large. */
export const drawStat = (
  values: ReadonlyArray<Value>,
  defaults: FieldDefaults,
  { x, y, width, height }: Box
): string => {
  const value = values.find(({ value }) => Number.isFinite(value))?.value
  const { text: words, colour } = value === undefined
    ? { text: "No data", colour: "#8e8e8e" }
    : shown(value, defaults)
  const size = Math.min(34, (width - 16) / words.length / 0.58)
  return text(words, x + width / 2, y + height / 2 + size / 3 - 6, {
    "text-anchor": "middle",
    style: `fill:${colour};font-size:${Math.round(size)}px;font-weight:600`
  })
}

/** A bar for each value, the first on top; what has no room is counted. */
export const drawBars = (
  values: ReadonlyArray<Value>,
  { unit, decimals }: FieldDefaults,
  { x, y, width, height }: Box
): string => {
  const row = 26
  const room = Math.floor((height - 14) / row)
  const rows = values.length > room ? values.slice(0, room - 1) : values
  const most = values.reduce((most, { value }) => Math.max(most, value), 0) || 1
  const widest = rows.reduce((most, { name }) => Math.max(most, name.length), 0)
  const left = x + 12 + Math.min(width / 2, widest * 6.4 + 10)
  const space = x + width - left - 90
  const bars = rows.map(({ name, value }, at) => {
    const top = y + 6 + at * row
    const length = Math.max(1, space * value / most)
    return [
      text(cut(name, left - x - 18), left - 8, top + 14, { "text-anchor": "end" }),
      element("rect", { x: left, y: top, width: space, height: 18, rx: 2, fill: "#eef0f3" }),
      element("rect", { x: left, y: top, width: length, height: 18, rx: 2, fill: colourAt(at) }),
      text(format(value, unit, decimals), left + space + 8, top + 14)
    ].join("")
  })
  const hidden = values.length - rows.length
  return bars.join("") +
    (hidden > 0 ? text(`+ ${hidden} more`, left, y + 20 + rows.length * row) : "")
}
