import { assert, assertEquals } from "@std/assert"
import * as catalog from "../../../src/provider/catalog/mod.ts"
import { variablesOf } from "../../../src/provider/catalog/variables.ts"
import { page } from "./page.ts"

const file = new URL("../../../docs/providers.md", import.meta.url)

/** A page as `deno fmt` would have it. */
const formatted = async (text: string): Promise<string> => {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--line-width=100", "--ext=md", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "null"
  }).spawn()
  const writer = process.stdin.getWriter()
  await writer.write(new TextEncoder().encode(text))
  await writer.close()
  return new TextDecoder().decode((await process.output()).stdout)
}

Deno.test("the page on providers tells what the catalogue has", async () => {
  const made = await formatted(page())
  if (Deno.env.get("PENSTOCK_WRITE_PROVIDERS")) Deno.writeTextFileSync(file, made)
  assertEquals(
    Deno.readTextFileSync(file),
    made,
    "run PENSTOCK_WRITE_PROVIDERS=1 deno test -A tests/provider/catalog/page_test.ts"
  )
})

Deno.test("the page on providers has each of them, with each of its variables", () => {
  const sections = page().split("\n## ")
  for (const provider of Object.values(catalog)) {
    const section = sections.find((text) => text.includes(`\n\`${provider.id}\` speaks`))
    if (section === undefined) throw new Error(`${provider.id} has no section`)
    for (const name of variablesOf(provider)) assert(section.includes(`\`${name}\``), name)
  }
})
