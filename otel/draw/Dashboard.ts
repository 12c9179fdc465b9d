/**
 * A Grafana dashboard, as far as it is drawn and tested here.
 *
 * @module
 */

/** A query of a panel. */
export interface Target {
  /** In PromQL, with Grafana's variables. */
  readonly expr: string
  /** How a series is named: labels in double braces. */
  readonly legendFormat?: string
  /** Whether one value is asked for instead of a course. */
  readonly instant?: boolean
}

/** From which value on a colour holds; `null` is from the least on. */
export interface Threshold {
  readonly color: string
  readonly value: number | null
}

/** How values are shown. */
export interface FieldDefaults {
  readonly unit: string
  readonly decimals?: number
  readonly min?: number
  readonly max?: number
  readonly mappings: ReadonlyArray<{
    readonly options: Readonly<Record<string, { readonly text: string; readonly color: string }>>
  }>
  readonly thresholds: { readonly steps: ReadonlyArray<Threshold> }
  readonly custom?: {
    readonly lineInterpolation?: string
    readonly fillOpacity?: number
    readonly stacking?: { readonly mode: string }
    readonly thresholdsStyle?: { readonly mode: string }
  }
}

/** One picture of a dashboard. */
export interface Panel {
  readonly id: number
  readonly type: "stat" | "timeseries" | "bargauge" | "state-timeline"
  readonly title: string
  readonly description: string
  /** In columns of a twenty-fourth of the width, and rows. */
  readonly gridPos: {
    readonly x: number
    readonly y: number
    readonly w: number
    readonly h: number
  }
  readonly targets: ReadonlyArray<Target>
  readonly fieldConfig: {
    readonly defaults: FieldDefaults
    /** The colours of some series, by their names. */
    readonly overrides: ReadonlyArray<{
      readonly matcher: { readonly options: string }
      readonly properties: ReadonlyArray<
        { readonly id: string; readonly value: { readonly fixedColor: string } }
      >
    }>
  }
}

/** A dashboard. */
export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly schemaVersion: number
  readonly templating: {
    readonly list: ReadonlyArray<
      { readonly name: string; readonly type: string; readonly definition?: string }
    >
  }
  readonly panels: ReadonlyArray<Panel>
}

const folder = new URL("../grafana/dashboards/", import.meta.url)

/** The names of all dashboards, in the order of the alphabet. */
export const names: ReadonlyArray<string> = Array.from(Deno.readDirSync(folder))
  .flatMap(({ name }) => name.endsWith(".json") ? [name.slice(0, -".json".length)] : []).sort()

/** The dashboard of that name. */
export const read = (name: string): Dashboard =>
  JSON.parse(Deno.readTextFileSync(new URL(`${name}.json`, folder)))

/** Over what time a dashboard is shown, in seconds. */
export interface Span {
  readonly range: number
  /** What rates are taken over: Grafana makes it four scrapes or more. */
  readonly rateInterval: number
}

/** What Prometheus is asked where every variable is at "All". */
export const fill = (expression: string, { range, rateInterval }: Span): string =>
  expression
    .replaceAll("$__rate_interval", `${rateInterval}s`)
    .replaceAll("$__range", `${range}s`)
    .replaceAll(/\$(?:gen_ai_provider|provider|model|instance)\b/g, ".*")
