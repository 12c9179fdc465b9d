/**
 * Every row of the catalogue has a test, and `docs/faults.md` says which. The page is made from the
 * tests; after a change write it anew:
 *
 * ```sh
 * PENSTOCK_WRITE_FAULTS=1 deno test -A tests/faults/coverage_test.ts
 * ```
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert"
import { catalogue, elsewhere } from "./catalogue.ts"
import { page, partial, tests } from "./coverage.ts"
import { leftOut, table } from "./table.ts"

const path = new URL("../../docs/faults.md", import.meta.url)

const range = (letter: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `${letter}${from + at}`)

/** What has to be there: the upstream faults, and of the others those that were asked for. */
const required = [
  ...range("U", 1, 41),
  "U48",
  ...range("C", 1, 2),
  ...range("C", 5, 15),
  ...range("C", 19, 24),
  ...range("O", 1, 8),
  ...range("S", 1, 7),
  // The others are of PostgreSQL and Redis, or of later parts.
  ...["S13", "P1", "P4", "P5", "P7"]
]

Deno.test("every row of the catalogue has a test", () => {
  assertEquals(catalogue.map(({ id }) => id), required)
  const told = new Set(tests().map(({ id }) => id))
  assertEquals(required.filter((id) => !told.has(id)), [])
})

Deno.test("every test that is named for a row elsewhere is there", () => {
  const there = new Set(tests().map(({ file, what }) => `${file}: ${what}`))
  assertEquals(elsewhere.filter(({ file, what }) => !there.has(`${file}: ${what}`)), [])
})

Deno.test("no test of a row is left out", () => assertEquals(partial(), []))

Deno.test("what the table of upstream faults has not is left out for a reason", () => {
  const known = new Set(required)
  assertEquals([...table, ...leftOut].filter(({ id }) => !known.has(id)), [])
  const names = table.map(({ id, what }) => `${id}: ${what}`)
  assertEquals(names.length, new Set(names).size, "Two rows have the same name")
})

Deno.test("docs/faults.md is what the tests say", () => {
  const expected = page(tests())
  if (Deno.env.get("PENSTOCK_WRITE_FAULTS") === "1") Deno.writeTextFileSync(path, expected)
  const is = Deno.readTextFileSync(path)
  assert(is === expected, "Write it anew: see the head of tests/faults/coverage_test.ts")
})
