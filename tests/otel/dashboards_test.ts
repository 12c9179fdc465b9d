import { assert, assertEquals, assertMatch } from "@std/assert"
import { names, read } from "../../otel/draw/Dashboard.ts"
import { counters, gauges, histograms } from "../../src/telemetry/metrics/metrics.ts"
import { metricName } from "../../src/telemetry/prometheus/names.ts"
import { alerts, metricsIn, ofDashboards, ofRules, readFile, records } from "./expressions.ts"

const dashboards = names.map((name) => ({ name, ...read(name) }))
const panels = dashboards.flatMap(({ name, panels }) =>
  panels.map((panel) => ({ where: `${name}: ${panel.title}`, ...panel }))
)

/** Every series that there can be: Penstock's, what Prometheus knows of a scrape, and the records. */
const known = new Set([
  ...Object.values(histograms).flatMap(({ name, unit }) =>
    ["bucket", "sum", "count"].map((part) => `${metricName(name, unit, false)}_${part}`)
  ),
  ...Object.values(counters).map(({ name, unit }) => metricName(name, unit, true)),
  ...Object.values(gauges).map(({ name, unit }) => metricName(name, unit, false)),
  ...records.map(({ record }) => record),
  "up"
])

const twice = (values: ReadonlyArray<unknown>) =>
  values.filter((value, at) => values.indexOf(value) !== at)

Deno.test("there is a dashboard for each question", () => {
  assertEquals(names, ["cost", "latency", "providers", "runtime", "traffic"])
})

Deno.test("dashboards and alerts ask for metrics that there are, and for nothing else", () => {
  const asked = [...ofDashboards({ range: 60, rateInterval: 60 }), ...ofRules]
  assert(asked.length > 90)
  assertEquals(
    asked.flatMap(({ where, expr }) =>
      metricsIn(expr).filter((name) => !known.has(name)).map((name) => `${where}: ${name}`)
    ),
    []
  )
  const used = new Set(asked.flatMap(({ expr }) => metricsIn(expr)))
  assertEquals(records.filter(({ record }) => !used.has(record)), [])
})

Deno.test("every metric of Penstock is shown or watched somewhere", () => {
  const used = new Set(
    [...ofDashboards({ range: 60, rateInterval: 60 }), ...ofRules]
      .flatMap(({ expr }) => metricsIn(expr)).map((name) => name.replace(/_(bucket|count)$/, ""))
  )
  // Tokens are shown from the counter, which is by kind.
  used.add(metricName(histograms.tokens.name, histograms.tokens.unit, false))
  const all = [
    ...Object.values(histograms).map(({ name, unit }) => metricName(name, unit, false)),
    ...Object.values(counters).map(({ name, unit }) => metricName(name, unit, true)),
    ...Object.values(gauges).map(({ name, unit }) => metricName(name, unit, false))
  ]
  assertEquals(all.filter((name) => !used.has(name)), [])
})

Deno.test("a dashboard can be found by its uid, and takes its data source from a variable", () => {
  assertEquals(twice(dashboards.map(({ uid }) => uid)), [])
  for (const { name, uid, title, description, schemaVersion, templating } of dashboards) {
    assertEquals(uid, `penstock-${name}`)
    assertMatch(title, /^Penstock: /)
    assert(description.length > 10, name)
    assert(schemaVersion >= 39, name)
    assertEquals(templating.list[0]?.type, "datasource", name)
    const sources = Array.from(
      readFile(`grafana/dashboards/${name}.json`).matchAll(/"uid": "([^"]*)"/g),
      ([, uid = ""]) => uid
    )
    assertEquals(new Set(sources), new Set(["${datasource}", "-- Grafana --", uid]), name)
  }
})

Deno.test("a dashboard's variables are those that it uses, but for the data source", () => {
  for (const { name, panels, templating } of dashboards) {
    const text = JSON.stringify([panels, templating.list.map(({ definition }) => definition)])
    const used = new Set(Array.from(text.matchAll(/\$(?!__)(\w+)/g), ([, name = ""]) => name))
    const declared = templating.list.map(({ name }) => name).filter((name) => name !== "datasource")
    assertEquals(Array.from(used).sort(), declared.toSorted(), name)
    for (const { definition = "" } of templating.list.slice(1)) {
      const asked = /^label_values\((.*), \w+\)$/.exec(definition)?.[1] ?? "?"
      assertEquals(metricsIn(asked).filter((name) => !known.has(name)), [], name)
    }
  }
})

Deno.test("every panel says in what unit, and what it shows", () => {
  for (const { where, description, fieldConfig, targets, type } of panels) {
    assert(fieldConfig.defaults.unit !== "", where)
    assert(fieldConfig.defaults.thresholds.steps.length > 0, where)
    assert(description.length > 15 && description.endsWith("."), where)
    assert(targets.length > 0, where)
    // A rate over a fixed time is wrong at one zoom or another.
    for (const { expr } of targets) assert(!/\[\d/.test(expr), where)
    if (type === "timeseries") {
      for (const { legendFormat = "" } of targets) assert(legendFormat !== "", where)
    }
  }
})

Deno.test("no two panels of a dashboard overlap, and none leaves a hole", () => {
  for (const { name, panels } of dashboards) {
    assertEquals(twice(panels.map(({ id }) => id)), [], name)
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => (y + Math.floor(at / w)) * 24 + x + at % w)
    )
    assertEquals(twice(cells), [], name)
    assertEquals(cells.length, 24 * Math.max(...panels.map(({ gridPos: { y, h } }) => y + h)), name)
  }
})

Deno.test("every alert says how bad, what, and what to do", () => {
  const headings = Array.from(
    readFile("runbook.md").matchAll(/^## (\w+)$/gm),
    ([, heading = ""]) => heading
  )
  assertEquals(headings.toSorted(), alerts.map(({ alert }) => alert).toSorted())
  for (const { alert, labels, annotations } of alerts) {
    assert(["critical", "warning"].includes(labels.severity), alert)
    assertEquals(Object.keys(annotations).sort(), ["description", "runbook_url", "summary"], alert)
    assertEquals(annotations["runbook_url"], `otel/runbook.md#${alert.toLowerCase()}`)
  }
})

Deno.test("the page shows every dashboard with its picture", () => {
  const page = readFile("README.md")
  for (const { name, title } of dashboards) {
    assert(page.includes(`(pictures/${name}.svg)`), name)
    const picture = readFile(`pictures/${name}.svg`)
    assert(picture.includes("\n<svg "), name)
    assert(picture.includes(`>${title}<`), name)
    assert(picture.length < 150 * 1024, name)
    assert(!picture.includes("No data"), `${name} is drawn without data`)
    for (const { title } of read(name).panels) assert(picture.includes(`>${title}<`), title)
  }
})
