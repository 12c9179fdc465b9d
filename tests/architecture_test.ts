import { assertEquals } from "@std/assert"

/** Whom each folder may import, besides itself. A request walks this list upwards, never back. */
const allowed: Record<string, ReadonlyArray<string>> = {
  domain: [],
  actor: [],
  protocol: ["domain"],
  ledger: ["domain", "actor"],
  telemetry: ["domain", "actor", "ledger"],
  config: ["domain"],
  auth: ["domain"],
  guard: ["domain", "actor", "config"],
  http: [],
  provider: ["domain", "config", "actor", "http", "protocol"],
  routing: ["domain", "config", "ledger", "guard", "provider"],
  gateway: ["domain", "actor", "config", "ledger", "telemetry", "guard", "routing"],
  api: ["domain", "actor", "config", "auth", "ledger", "telemetry", "guard", "routing", "gateway"]
}

const root = new URL("../src/", import.meta.url)

const files = function* (folder: URL): Generator<URL> {
  for (const entry of Deno.readDirSync(folder)) {
    if (entry.isDirectory) yield* files(new URL(`${entry.name}/`, folder))
    else yield new URL(entry.name, folder)
  }
}

const sources = Array.from(files(root), (file) => ({
  name: file.pathname.slice(root.pathname.length),
  file,
  text: Deno.readTextFileSync(file)
}))

const imports = (text: string) =>
  Array.from(text.matchAll(/(?:from|import) "([^"]+)"/g), ([, path = ""]) => path)

const folderOf = (file: URL) => file.pathname.slice(root.pathname.length).split("/")[0] ?? ""

Deno.test("a folder imports only what stands below it", () => {
  const wrong: Array<string> = []
  for (const { name, file, text } of sources) {
    for (const path of imports(text).filter((path) => path.startsWith("."))) {
      const [from, to] = [folderOf(file), folderOf(new URL(path, file))]
      if (from !== to && !allowed[from]?.includes(to)) wrong.push(`${name} imports ${to}/`)
    }
  }
  assertEquals(wrong, [])
})

/** Whatever runs, waits, or knows the time. */
const impure = /^effect\/(Effect|Stream|Layer|Clock|Random|Fiber|Queue|Schedule|http\/HttpClient)/

Deno.test("the domain and the dialects are pure: they run nothing, and know no clock", () => {
  const wrong = sources
    .filter(({ name }) => name.startsWith("domain/") || name.startsWith("protocol/"))
    .flatMap(({ name, text }) =>
      [
        ...imports(text).filter((path) => impure.test(path)),
        ...(/\bfetch\(|\bDeno\./.test(text) ? ["I/O"] : [])
      ].map((what) => `${name}: ${what}`)
    )
  assertEquals(wrong, [])
})

Deno.test("nothing but the way out calls fetch", () => {
  const callers = sources.filter(({ text }) => /\bfetch\(/.test(text)).map(({ name }) => name)
  assertEquals(callers.sort(), ["auth/fetchKeys.ts", "provider/Egress.ts"])
})

Deno.test("connections are made in one place, and listened for in one", () => {
  const callers = (pattern: RegExp) =>
    sources.filter(({ text }) => pattern.test(text)).map(({ name }) => name)
  assertEquals(callers(/\bDeno\.(connect|connectTls|startTls)\(/), ["http/connect.ts"])
  assertEquals(callers(/\bDeno\.(serve|listen|listenTls)\(/), ["api/Listener.ts"])
})

Deno.test("a source file holds one idea: no more than 200 lines", () => {
  const long = sources.filter(({ text }) => text.split("\n").length > 200).map(({ name }) => name)
  assertEquals(long, [])
})

Deno.test("every export says what it is", () => {
  const bare = sources.flatMap(({ name, text }) =>
    Array.from(
      text.matchAll(/(?<!\*\/)\n\n?export (?!\{|\* |type \{)[^\n]*/g),
      ([line]) => `${name}: ${line.trim()}`
    )
      .filter((line) => !/export \{/.test(line))
      .filter((line) => {
        const at = text.indexOf(line.slice(line.indexOf(": ") + 2))
        return !text.slice(0, at).trimEnd().endsWith("*/")
      })
  )
  assertEquals(bare, [])
})

Deno.test("every file without a single export to be named for says what it is for", () => {
  const silent = sources
    .filter(({ name }) => !name.startsWith("provider/catalog/") || name.endsWith("mod.ts"))
    .filter(({ text }) => !/^\/\*\*[\s\S]*?@module\n \*\//.test(text))
    .map(({ name }) => name)
  assertEquals(silent, [])
})
