import { assertEquals } from "@std/assert"

Deno.test("every row C5 to C15 of the table of faults has a test here", async () => {
  const told = new Set<string>()
  for await (const { name } of Deno.readDir(import.meta.dirname!)) {
    if (!name.endsWith("_test.ts")) continue
    const source = await Deno.readTextFile(`${import.meta.dirname}/${name}`)
    for (const [, row] of source.matchAll(/"(C\d+): /g)) told.add(row!)
  }
  const rows = Array.from({ length: 11 }, (_, at) => `C${at + 5}`)
  assertEquals(rows.filter((row) => !told.has(row)), [])
})
