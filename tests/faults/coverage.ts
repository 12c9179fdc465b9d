/**
 * Which tests there are of each row of the catalogue, as the tests themselves say, and the page that
 * tells it.
 *
 * @module
 */
import { catalogue, elsewhere, type Fault } from "./catalogue.ts"
import type { Row, Seconds, Seen } from "./Row.ts"
import { leftOut, table } from "./table.ts"

/** A test of a row: `what` is its name, or its case. */
export interface Test extends Fault {
  /** From the root of the project. */
  readonly file: string
}

const root = new URL("../../", import.meta.url)

/** Every test file, and its text. */
const sources = (folder = "tests"): ReadonlyArray<readonly [string, string]> =>
  Array.from(Deno.readDirSync(new URL(folder, root))).flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`
    if (isDirectory) return sources(path)
    return name.endsWith("_test.ts") ? [[path, Deno.readTextFileSync(new URL(path, root))]] : []
  })

/** A test's name that begins with its rows; or an object that says which row it is, and what of it. */
const named = /["`]([UCOSP]\d+(?:, [UCOSP]\d+)*): ([^"`]+)["`]/g
const described = /\bid: "([UCOSP]\d+)",\s+what: "([^"]+)"/g

/** Both files go through the whole table. */
const matrices = ["tests/faults/upstream_test.ts", "tests/faults/recovery_test.ts"]

/** Every test of any row. */
export const tests = (): ReadonlyArray<Test> => {
  const written = sources()
  const byText = written.flatMap(([file, text]) =>
    [...text.matchAll(named), ...text.matchAll(described)].flatMap(([, ids = "", what = ""]) =>
      ids.split(", ").map((id) => ({ id, what, file }))
    )
  )
  const byTable = matrices.flatMap((file) => table.map(({ id, what }) => ({ id, what, file })))
  const texts = new Map(written)
  // A test that was renamed is a test that is not there.
  const byName = elsewhere.filter(({ file, what }) => texts.get(file)?.includes(`"${what}"`))
  return [...byTable, ...byText, ...byName]
}

/** Test files in which something is left out, or everything else is. */
export const partial = (): ReadonlyArray<string> =>
  sources("tests/faults").filter(([, text]) =>
    /\.(only|ignore)\(|\b(only|ignore): true/.test(text.replaceAll(/^ *\/\/.*$/gm, ""))
  ).map(([file]) => file)

/** The page: which tests there are of each row, and what becomes of each upstream fault. */
export const page = (all: ReadonlyArray<Test>): string =>
  `<!-- Made by tests/faults/coverage_test.ts: write it anew with
PENSTOCK_WRITE_FAULTS=1 deno test -A tests/faults/coverage_test.ts -->

# Faults

What can go wrong, what Penstock then does, and where that is tested. The tests ask a real gateway
over real sockets; its provider is a fake that does wrong what the row says, in the dialects of
OpenAI, Anthropic, Gemini, Bedrock and Cohere, whole and streamed.

## What is tested where

${
    toTable(
      ["Row", "What goes wrong", "Tests"],
      catalogue.map(({ id, what }) => [id, what, where(all, id)])
    )
  }

Not in there:

${
    toTable(
      ["Row", "What is left out", "Why"],
      byRow(leftOut).map(({ id, part, why }) => [id, part, why])
    )
  }

## What becomes of an upstream fault

- **Asked**: how often the provider is asked, at most, where it keeps failing. Where that is twice
  and the second call is answered, the client sees nothing of the first.
- **Then**: whether the next deployment, or a fallback model, answers.
- **Else**: what the client is told where there is nobody else, or the answer itself. A stream is
  broken off where \`stream_recovery\` is \`fail\`, or where nobody can go on with it.
- **Left alone**: for how long the provider is asked for nothing more, in seconds.

${
    toTable(
      ["Row", "What goes wrong", "Asked", "Then", "Else", "Left alone"],
      byRow(table).map((row) => [row.id, row.what, asked(row), then(row), told(row), alone(row)])
    )
  }
`

const byRow = <One extends Pick<Row, "id">>(all: ReadonlyArray<One>): ReadonlyArray<One> =>
  all.toSorted((one, other) => Number(one.id.slice(1)) - Number(other.id.slice(1)))

/** The files that a row has tests in, each with their number. */
const where = (all: ReadonlyArray<Test>, id: string): string => {
  const files = Map.groupBy(all.filter((test) => test.id === id), ({ file }) => file)
  return Array.from(files, ([file, { length }]) => `\`${file}\` (${length})`).join(", ")
}

const isFault = ({ whole, streamed }: Row): boolean => (whole ?? streamed)?.kind !== "good"

const asked = ({ asks }: Row): string => asks === 2 ? "twice" : "once"

const then = (row: Row): string => {
  if (!isFault(row)) return "-"
  const { rescue = "anybody" } = row
  if (row.id === "U22") return "only with `reroute_filtered`"
  return {
    anybody: "another",
    "larger window": "one with a larger window",
    nobody: "nobody"
  }[rescue]
}

const told = ({ whole, streamed }: Row): string => {
  const seen = [whole, streamed].filter((one) => one !== undefined).map(inWords)
  return Array.from(new Set(seen)).join("; streamed: ")
}

const inWords = (seen: Seen): string => {
  switch (seen.kind) {
    case "refusal":
      return `${seen.status} \`${seen.fault ?? seen.reason}\``
    case "broken":
      return `broken off, \`${seen.fault}\``
    case "good":
      return seen.finish === "stop" ? "a whole answer" : `an answer that ends in \`${seen.finish}\``
  }
}

const alone = ({ held }: Row): string => held === undefined ? "-" : inSeconds(held.seconds)

const inSeconds = (seconds: Seconds): string =>
  typeof seconds === "number" ? String(seconds) : String(seconds[1])

/** As `deno fmt` would have it. */
const toTable = (
  head: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>
): string => {
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => row[at]!.length)))
  const line = (cells: ReadonlyArray<string>) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(" | ")} |`
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n")
}
