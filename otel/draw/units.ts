/**
 * Values as Grafana writes them.
 *
 * @module
 */

/** `value` with three digits that count, or with `decimals`. */
const short = (value: number, decimals?: number): string => {
  if (value === 0) return "0"
  const size = Math.abs(value)
  if (decimals === undefined && size >= 1000) {
    const [factor, sign] = size >= 1e9 ? [1e9, "B"] : size >= 1e6 ? [1e6, "M"] : [1e3, "K"]
    return `${trim((value / factor).toPrecision(3))}${sign}`
  }
  const digits = decimals ?? Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(size))))
  return trim(value.toFixed(digits))
}

const trim = (text: string): string => text.includes(".") ? text.replace(/\.?0+$/, "") : text

const seconds = (value: number): string => {
  const size = Math.abs(value)
  if (size === 0) return "0 s"
  if (size < 1e-3) return `${short(value * 1e6)} µs`
  if (size < 1) return `${short(value * 1e3)} ms`
  if (size < 120) return `${short(value)} s`
  if (size < 7200) return `${short(value / 60)} min`
  return size < 172_800 ? `${short(value / 3600)} h` : `${short(value / 86_400)} d`
}

const bytes = (value: number): string => {
  const names = ["B", "KiB", "MiB", "GiB", "TiB"]
  const at = value < 1 ? 0 : Math.min(names.length - 1, Math.floor(Math.log2(value) / 10))
  return `${short(value / 1024 ** at)} ${names[at]}`
}

/** `value` in `unit`, one of Grafana's. */
export const format = (value: number, unit: string, decimals?: number): string => {
  switch (unit) {
    case "s":
      return seconds(value)
    case "bytes":
      return bytes(value)
    case "percentunit":
      return `${short(value * 100, decimals)}%`
    case "currencyUSD":
      return `$${short(value, Math.abs(value) < 0.1 ? undefined : decimals)}`
    case "reqps":
      return `${short(value, decimals)} req/s`
    default:
      return unit.startsWith("suffix:")
        ? `${short(value, decimals)}${unit.slice("suffix:".length)}`
        : short(value, decimals)
  }
}

/** Numbers from `low` to past `high` that are round in `unit`: about `count` of them. */
export const ticks = (
  low: number,
  high: number,
  count: number,
  unit: string
): ReadonlyArray<number> => {
  if (unit === "bytes" && high >= 1024) {
    return ticks(low / 1024, high / 1024, count, unit).map((tick) => tick * 1024)
  }
  const raw = (high - low || Math.abs(high) || 1) / count
  const size = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * size).find((step) => step >= raw) ?? raw
  const first = Math.floor(low / step)
  const last = Math.ceil(high / step - 1e-9)
  return Array.from({ length: Math.max(1, last - first) + 1 }, (_, at) => (first + at) * step)
}
