/**
 * What something was when: a strip for each, coloured by its states.
 *
 * @module
 */
import type { FieldDefaults } from "./Dashboard.ts"
import { type Course, timeAxis, type Times } from "./drawSeries.ts"
import { shown } from "./drawValues.ts"
import { type Box, colours, cut, element, legend, text } from "./svg.ts"

/** Draws a strip for each of `courses`; what has no room is counted. */
export const drawStates = (
  courses: ReadonlyArray<Course>,
  defaults: FieldDefaults,
  times: Times,
  box: Box
): string => {
  const space = box.height - 58
  const room = Math.floor(space / 13)
  const rows = courses.length > room ? courses.slice(0, room - 1) : courses
  const row = Math.min(32, space / Math.max(1, courses.length > room ? room : rows.length))
  const widest = rows.reduce((most, { name }) => Math.max(most, name.length), 0)
  const left = box.x + 12 + Math.min(box.width * 0.4, widest * 6.4 + 10)
  const plot = { x: left, y: box.y + 4, width: box.x + box.width - left - 12, height: space - 2 }
  const cell = plot.width * times.step / (times.to - times.from)
  const strips = rows.map(({ name, values }, at) => {
    const top = plot.y + at * row
    const parts = stretches(values).map(({ value, from, to }) =>
      element("rect", {
        x: plot.x + from * cell,
        y: top + 1,
        width: Math.min(plot.width - from * cell, (to - from) * cell),
        height: row - 2,
        fill: shown(value, defaults).colour
      })
    )
    return text(cut(name, left - box.x - 18), left - 8, top + row / 2 + 4, {
      "text-anchor": "end"
    }) + parts.join("")
  })
  const hidden = courses.length - rows.length
  const entries = defaults.mappings.flatMap(({ options }) =>
    Object.values(options).map(({ text, color }) => ({
      name: text,
      colour: colours[color] ?? color
    }))
  )
  return [
    ...strips,
    hidden > 0 ? text(`+ ${hidden} more`, left, plot.y + rows.length * row + 10) : "",
    timeAxis(plot, times),
    legend(entries, { x: box.x + 12, y: box.y + box.height - 14, width: box.width - 20 })
  ].join("")
}

/** Stretches of one value. */
const stretches = (values: ReadonlyArray<number>) => {
  const found: Array<{ value: number; from: number; to: number }> = []
  values.forEach((value, at) => {
    if (!Number.isFinite(value)) return
    const last = found.at(-1)
    if (last?.to === at && last.value === value) last.to = at + 1
    else found.push({ value, from: at, to: at + 1 })
  })
  return found
}
