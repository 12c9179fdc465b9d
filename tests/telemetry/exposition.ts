/**
 * Reads Prometheus's text format 0.0.4, as strictly as its description has it.
 *
 * @module
 */

/** One value. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** All values of one metric. */
export interface Family {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly unit: string | undefined
  readonly samples: ReadonlyArray<Sample>
}

const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const labelText = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y

const labelsOf = (text: string): Record<string, string> => {
  const labels: Record<string, string> = {}
  labelText.lastIndex = 0
  while (labelText.lastIndex < text.length) {
    const found = labelText.exec(text)
    if (!found) throw new Error(`These are no labels: ${text}`)
    const [, name = "", value = ""] = found
    if (name in labels) throw new Error(`A label comes twice: ${text}`)
    labels[name] = value.replace(/\\(.)/g, (_, one) => one === "n" ? "\n" : one)
  }
  return labels
}

/** The metrics of `text`, by name. Throws where it is not in the format. */
export const parse = (text: string): ReadonlyMap<string, Family> => {
  if (!text.endsWith("\n")) throw new Error("The last line does not end")
  const families = new Map<string, Family & { samples: Array<Sample>; unit: string | undefined }>()
  const seen = new Set<string>()
  let help: readonly [string, string] | undefined
  let current: (Family & { samples: Array<Sample>; unit: string | undefined }) | undefined
  for (const line of text.slice(0, -1).split("\n")) {
    const [, keyword, name = "", rest = ""] = /^# (HELP|TYPE|UNIT) (\S+) (.*)$/.exec(line) ?? []
    if (keyword === "HELP") help = [name, rest]
    else if (keyword === "TYPE") {
      if (families.has(name)) throw new Error(`${name} comes twice`)
      if (help?.[0] !== name) throw new Error(`Nothing is said of ${name}`)
      current = { name, type: rest, help: help[1], unit: undefined, samples: [] }
      families.set(name, current)
    } else if (keyword === "UNIT") {
      if (!name.replace(/_total$/, "").endsWith(`_${rest}`)) {
        throw new Error(`A wrong unit: ${line}`)
      }
      current!.unit = rest
    } else {
      const found = sampleLine.exec(line)
      if (!found) throw new Error(`This is no sample: ${line}`)
      const [, name = "", labels = "", value = ""] = found
      const key = line.slice(0, line.lastIndexOf(" "))
      if (seen.has(key)) throw new Error(`${key} comes twice`)
      seen.add(key)
      const base = current?.type === "histogram" ? name.replace(/_(bucket|sum|count)$/, "") : name
      if (base !== current?.name) throw new Error(`${name} stands below ${current?.name}`)
      if (!/^[+-]?(\d+(\.\d+)?(e[+-]\d+)?|Inf)$|^NaN$/.test(value)) {
        throw new Error(`This is no number: ${line}`)
      }
      current.samples.push({
        name,
        labels: labelsOf(labels),
        value: Number(value.replace("Inf", "Infinity"))
      })
    }
  }
  return families
}

/** The sum of all samples called `name` that have these labels. */
export const total = (
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {}
): number =>
  Array.from(families.values()).flatMap(({ samples }) => samples)
    .filter((one) =>
      one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value)
    )
    .reduce((sum, { value }) => sum + value, 0)
