/**
 * Courses of values as lines, or stacked as areas.
 *
 * @module
 */
import type { FieldDefaults } from "./Dashboard.ts"
import { type Box, colourAt, colours, element, legend, round, text } from "./svg.ts"
import { format, ticks } from "./units.ts"

/** A course with its name; a value that is not there is `NaN`. */
export interface Course {
  readonly name: string
  /** Default: the next of the palette. */
  readonly colour?: string | undefined
  readonly values: ReadonlyArray<number>
}

/** The times that courses have their values at, in Unix seconds. */
export interface Times {
  readonly from: number
  readonly to: number
  readonly step: number
}

type Point = readonly [x: number, y: number]

/** Draws `courses` into `box`. */
export const drawSeries = (
  courses: ReadonlyArray<Course>,
  { unit, min = 0, max, custom, thresholds }: FieldDefaults,
  times: Times,
  box: Box
): string => {
  const stacked = custom?.stacking?.mode === "normal"
  const levels = stacked ? stack(courses) : courses.map(({ values }) => values)
  const finite = levels.flat().filter(Number.isFinite)
  const lines = custom?.thresholdsStyle?.mode === "dashed" ? thresholds.steps : []
  const most = finite.reduce((most, value) => Math.max(most, value), min)
  const marks = ticks(min, most > min ? most : max ?? min + 1, 4, unit)
  const [low = 0, high = 1] = [marks[0], marks.at(-1)]
  const labels = marks.map((mark) => format(mark, unit))
  const left = box.x + 14 + 6.4 * labels.reduce((most, { length }) => Math.max(most, length), 0)
  const plot = {
    x: left,
    y: box.y + 6,
    width: box.x + box.width - left - 12,
    height: box.height - 64
  }
  const xOf = (at: number) => plot.x + plot.width * at * times.step / (times.to - times.from)
  const yOf = (value: number) => plot.y + plot.height * (1 - (value - low) / (high - low))

  const colourOf = (index: number) => courses[index]?.colour ?? colourAt(index)

  const grid = marks.map((mark, at) =>
    element("path", {
      d: `M${plot.x} ${round(yOf(mark))}h${round(plot.width)}`,
      stroke: "#e3e5ea"
    }) +
    text(labels[at] ?? "", plot.x - 6, yOf(mark) + 4, { "text-anchor": "end", class: "faint" })
  )
  const limits = lines.flatMap(({ color, value }) =>
    value === null || value > high || value < low ? [] : [element("path", {
      d: `M${round(plot.x)} ${round(yOf(value))}h${round(plot.width)}`,
      stroke: colours[color] ?? color,
      "stroke-dasharray": "6 4"
    })]
  )
  const drawn = levels.map((level, index) => {
    const points = level.map((value, at): Point => [xOf(at), yOf(value)])
    const below = stacked ? levels[index - 1] : undefined
    const floor = level.map((_, at): Point => [xOf(at), yOf(below?.[at] || low)])
    const colour = colourOf(index)
    const fill = (custom?.fillOpacity ?? 0) / 100
    return runs(points).map((run) => {
      const top = pathOf(points.slice(run.from, run.to), custom?.lineInterpolation === "stepAfter")
      const bottom = pathOf(floor.slice(run.from, run.to).reverse(), false)
      const area = element("path", {
        d: `${top}L${bottom.slice(1)}Z`,
        fill: colour,
        "fill-opacity": `${fill}`
      })
      return (fill > 0 ? area : "") + element("path", {
        d: top,
        fill: "none",
        stroke: colour,
        "stroke-width": stacked ? 1 : 1.8,
        "stroke-linejoin": "round"
      })
    }).join("")
  })
  const entries = courses.map(({ name }, at) => ({ name, colour: colourOf(at) }))
  return [
    ...grid,
    ...drawn,
    ...limits,
    timeAxis(plot, times),
    legend(entries, { x: box.x + 12, y: box.y + box.height - 24, width: box.width - 20 })
  ].join("")
}

/** The clock below a plot. */
export const timeAxis = (plot: Box, { from, to }: Times): string =>
  [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const clock = new Date((from + part * (to - from)) * 1000).toISOString().slice(11, 19)
    return text(clock, plot.x + part * plot.width, plot.y + plot.height + 17, {
      class: "faint",
      "text-anchor": part === 0 ? "start" : part === 1 ? "end" : "middle"
    })
  }).join("")

const stack = (courses: ReadonlyArray<Course>): ReadonlyArray<ReadonlyArray<number>> => {
  // Where nobody has a value, the sum has none.
  const sums =
    courses[0]?.values.map((_, at) =>
      courses.some(({ values }) => Number.isFinite(values[at])) ? 0 : NaN
    ) ?? []
  return courses.map(({ values }) =>
    values.map((value, at) => sums[at] = (sums[at] ?? 0) + (Number.isFinite(value) ? value : 0))
  )
}

/** The stretches without a gap. */
const runs = (points: ReadonlyArray<Point>) => {
  const found: Array<{ from: number; to: number }> = []
  points.forEach(([, y], at) => {
    if (!Number.isFinite(y)) return
    const last = found.at(-1)
    if (last?.to === at) last.to = at + 1
    else found.push({ from: at, to: at + 1 })
  })
  return found
}

const pathOf = (points: ReadonlyArray<Point>, stepped: boolean): string =>
  points.map(([x, y], at) =>
    at === 0
      ? `M${round(x)} ${round(y)}`
      : stepped
      ? `H${round(x)}V${round(y)}`
      : `L${round(x)} ${round(y)}`
  ).join("")
