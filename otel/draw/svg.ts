/**
 * Writing SVG.
 *
 * @module
 */

/** Where something is drawn, in pixels. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** An element, with `children` that are SVG already. */
export const element = (
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: ReadonlyArray<string>
): string => {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? round(value) : escape(value)}"`)
    .join("")
  return children.length === 0
    ? `<${name}${written}/>`
    : `<${name}${written}>${children.join("")}</${name}>`
}

/** Text as it is read. */
export const text = (
  words: string,
  x: number,
  y: number,
  attributes: Readonly<Record<string, string | number>> = {}
): string => element("text", { x, y, ...attributes }, escape(words))

/** With one decimal, which no eye can tell from more. */
export const round = (value: number): number => Math.round(value * 10) / 10

const escape = (words: string): string =>
  words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")

/** About how wide `words` are at a size of 12 px. */
export const widthOf = (words: string): number => words.length * 6.6

/** `words`, cut where they are wider than `width` at a size of 12 px. */
export const cut = (words: string, width: number): string => {
  const most = Math.max(1, Math.floor(width / 6.4))
  return words.length <= most ? words : `${words.slice(0, most - 1)}…`
}

/** Colours of Grafana's names. */
export const colours: Readonly<Record<string, string>> = {
  green: "#2f9e52",
  orange: "#e8850c",
  red: "#d2334a"
}

const palette = [
  "#3274d9",
  "#2f9e52",
  "#e8850c",
  "#a352cc",
  "#d2334a",
  "#1f9e9e",
  "#b8860b",
  "#c04f9b",
  "#5c6b7a",
  "#6ca02a"
]

/** The colour of the series at `index`. */
export const colourAt = (index: number): string => palette[index % palette.length] ?? "#000"

/** Names with their colours, in at most two lines that begin at `box`; what has no room is counted. */
export const legend = (
  entries: ReadonlyArray<{ readonly name: string; readonly colour: string }>,
  { x, y, width }: Pick<Box, "x" | "y" | "width">
): string => {
  const drawn: Array<string> = []
  let [left, line] = [0, 0]
  for (const [at, { name, colour }] of entries.entries()) {
    const words = cut(name, width / 2 - 20)
    const room = widthOf(words) + 26
    const isLast = at === entries.length - 1
    if (left > 0 && left + room > width - (line === 1 && !isLast ? 60 : 0)) {
      if (++line > 1) {
        drawn.push(text(`+ ${entries.length - at} more`, x + left, y + 16))
        break
      }
      left = 0
    }
    const top = y + line * 16
    drawn.push(
      element("rect", { x: x + left, y: top - 7, width: 12, height: 4, fill: colour, rx: 2 }),
      text(words, x + left + 17, top)
    )
    left += room
  }
  return drawn.join("")
}
