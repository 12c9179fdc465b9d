/**
 * A dashboard as one picture.
 *
 * @module
 */
import { type Dashboard, fill, type Panel } from "./Dashboard.ts"
import { type Course, drawSeries, type Times } from "./drawSeries.ts"
import { drawStates } from "./drawStates.ts"
import { drawBars, drawStat, type Value } from "./drawValues.ts"
import { nameOf, query } from "./Prometheus.ts"
import { type Box, colours, cut, element, text } from "./svg.ts"

const width = 1280
const header = 56
const rowHeight = 33
const column = (width - 16) / 24

/** Whom to ask, and for which time. */
export interface Source {
  readonly prometheus: string
  readonly times: Times
  /** What rates are taken over, in seconds. */
  readonly rateInterval: number
}

const style = "text{font:12px Inter,Helvetica,Arial,sans-serif;fill:#3b3f46}" +
  ".faint{fill:#7b808a;font-size:11px}.title{font-size:13px;font-weight:600;fill:#1f2329}" +
  ".head{font-size:20px;font-weight:600;fill:#1f2329}"

/** The picture of `dashboard` with what Prometheus has now, as SVG. */
export const drawDashboard = async (dashboard: Dashboard, source: Source): Promise<string> => {
  const panels = await Promise.all(dashboard.panels.map((panel) => drawPanel(panel, source)))
  const rows = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h))
  const height = header + rows * rowHeight + 8
  const { from, to } = source.times
  const time = (at: number) => new Date(at * 1000).toISOString().slice(0, 19).replace("T", " ")
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "aria-label": dashboard.title
    },
    element("style", {}, style),
    element("rect", { width, height, fill: "#f4f5f7" }),
    text(dashboard.title, 16, 26, { class: "head" }),
    text(dashboard.description, 16, 45, { class: "faint" }),
    text(`${time(from)} to ${time(to)} UTC`, width - 16, 26, {
      class: "faint",
      "text-anchor": "end"
    }),
    ...panels
  ) + "\n"
}

const drawPanel = async (panel: Panel, source: Source): Promise<string> => {
  const { x, y, w, h } = panel.gridPos
  const box: Box = {
    x: 8 + x * column + 4,
    y: header + y * rowHeight + 4,
    width: w * column - 8,
    height: h * rowHeight - 8
  }
  const inner = { ...box, y: box.y + 28, height: box.height - 28 }
  const frame = element("rect", {
    ...box,
    rx: 4,
    fill: "#fff",
    stroke: "#dcdfe4"
  })
  const title = text(cut(panel.title, box.width - 20), box.x + 12, box.y + 20, { class: "title" })
  return frame + title + await content(panel, source, inner)
}

const content = async (panel: Panel, source: Source, box: Box): Promise<string> => {
  const { defaults } = panel.fieldConfig
  if (panel.type === "stat" || panel.type === "bargauge") {
    const values = await valuesOf(panel, source)
    if (panel.type === "stat") return drawStat(values, defaults, box)
    return values.length === 0 ? noData(box) : drawBars(values, defaults, box)
  }
  const courses = await coursesOf(panel, source)
  if (courses.length === 0) return noData(box)
  const draw = panel.type === "timeseries" ? drawSeries : drawStates
  return draw(courses, defaults, source.times, box)
}

const noData = ({ x, y, width, height }: Box): string =>
  text("No data", x + width / 2, y + height / 2, { "text-anchor": "middle", class: "faint" })

const spanOf = ({ times, rateInterval }: Source) => ({
  range: times.to - times.from,
  rateInterval
})

const valuesOf = async (panel: Panel, source: Source): Promise<ReadonlyArray<Value>> => {
  const answers = await Promise.all(panel.targets.map(async ({ expr, legendFormat }) => {
    const found = await query(source.prometheus, fill(expr, spanOf(source)), {
      at: source.times.to
    })
    return found.map((series) => ({
      name: nameOf(series, legendFormat),
      value: series.points[0]?.[1] ?? NaN
    }))
  }))
  return answers.flat()
}

/** The colour that the dashboard wants for the series of that name. */
const colourIn = ({ fieldConfig: { overrides } }: Panel, name: string): string | undefined => {
  const fixed = overrides.find(({ matcher }) => matcher.options === name)?.properties
    .find(({ id }) => id === "color")?.value.fixedColor
  return fixed && (colours[fixed] ?? fixed)
}

const coursesOf = async (panel: Panel, source: Source): Promise<ReadonlyArray<Course>> => {
  const { from, to, step } = source.times
  const answers = await Promise.all(panel.targets.map(async ({ expr, legendFormat }) => {
    const found = await query(source.prometheus, fill(expr, spanOf(source)), source.times)
    return found.map((series): Course => {
      const known = new Map(
        series.points.map(([time, value]) => [Math.round((time - from) / step), value])
      )
      const name = nameOf(series, legendFormat)
      return {
        name,
        colour: colourIn(panel, name),
        values: Array.from(
          { length: Math.floor((to - from) / step) + 1 },
          (_, at) => known.get(at) ?? NaN
        )
      }
    })
  }))
  return answers.flat()
}
