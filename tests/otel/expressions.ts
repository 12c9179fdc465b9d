/**
 * Everything in `otel/` that Prometheus is asked.
 *
 * @module
 */
import * as Yaml from "effect/encoding/Yaml"
import { fill, names, read, type Span } from "../../otel/draw/Dashboard.ts"

/** Something that Prometheus is asked, and where that stands. */
export interface Expression {
  readonly where: string
  readonly expr: string
  /** Labels that whoever reads the answer is told. */
  readonly labels: ReadonlyArray<string>
}

/** A rule that gives a series a name. */
export interface RecordRule {
  readonly record: string
  readonly expr: string
}

/** A rule that says when somebody should look. */
export interface AlertRule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: Readonly<Record<string, string>>
}

/** The folder `otel/`. */
export const folder = new URL("../../otel/", import.meta.url).pathname

/** A file of `otel/`. */
export const readFile = (name: string): string => Deno.readTextFileSync(`${folder}${name}`)

/** What a YAML file of `otel/` holds, taken at its word. */
export const readYaml = <A>(name: string): A =>
  JSON.parse(JSON.stringify(Yaml.parse(readFile(name))))

interface RuleFile {
  readonly groups: ReadonlyArray<
    { readonly name: string; readonly rules: ReadonlyArray<RecordRule | AlertRule> }
  >
}

const { groups } = readYaml<RuleFile>("alerts.yml")
const rules = groups.flatMap(({ rules }) => rules)

/** The rules that record. */
export const records = rules.filter((rule) => "record" in rule)
/** The rules that alert. */
export const alerts = rules.filter((rule) => "alert" in rule)

const labelsIn = (text: string, pattern: RegExp) =>
  Array.from(new Set(Array.from(text.matchAll(pattern), ([, label = ""]) => label)))

/** Every query of every dashboard, with its variables at "All". */
export const ofDashboards = (span: Span): ReadonlyArray<Expression> =>
  names.flatMap((name) =>
    read(name).panels.flatMap(({ title, targets }) =>
      targets.map(({ expr, legendFormat = "" }, at) => ({
        where: `${name}: ${title}: ${at + 1}`,
        expr: fill(expr, span),
        labels: labelsIn(legendFormat, /\{\{(\w+)\}\}/g)
      }))
    )
  )

/** What every alert and every record looks at: alerts without the numbers that they compare with. */
export const ofRules: ReadonlyArray<Expression> = [
  ...records.map(({ record, expr }) => ({ where: record, expr, labels: [] })),
  ...alerts.map(({ alert, expr, annotations }) => ({
    where: alert,
    // What is absent where all is well says nothing here.
    expr: expr.replaceAll(/ or absent\([^)]*\)/g, "").replaceAll(/ (?:==|[<>]=?) [\d.]+/g, ""),
    labels: labelsIn(Object.values(annotations).join(" "), /\$labels\.(\w+)/g)
  }))
]

const words = new Set(["and", "or", "unless", "by", "offset"])

/** The names of the series in `expr`. */
export const metricsIn = (expr: string): ReadonlyArray<string> => {
  const bare = expr
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, "")
    .replaceAll(/\bby \([^)]*\)/g, "")
    .replaceAll(/\boffset \w+/g, "")
  return Array.from(
    new Set(Array.from(bare.matchAll(/(?<![\w.])[a-zA-Z_:][\w:]*\b(?!\s*\()/g), ([name]) => name))
  ).filter((name) => !words.has(name))
}

/** The parts of `expr` that choose series: each has to find some, or its answer says nothing. */
export const selectorsIn = (expr: string): ReadonlyArray<string> =>
  metricsIn(expr).flatMap((name) =>
    Array.from(
      new Set(Array.from(
        expr.matchAll(new RegExp(`(?<![\\w:])${name}(?![\\w:])(\\{[^}]*\\})?`, "g")),
        ([selector]) => selector
      ))
    )
  )
