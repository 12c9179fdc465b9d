import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import type * as SchemaAST from "effect/SchemaAST"
import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import { errorCodes } from "../src/api/ErrorBody.ts"
import { templateOf } from "../src/api/openapi.ts"
import { routes } from "../src/api/routes.ts"
import { ConfigFile } from "../src/config/ConfigFile.ts"
import { parseConfigFile } from "../src/config/readFile.ts"
import { loadSettings, settingsOf } from "../src/config/Settings.ts"
import { defaultLoadBalancing, defaultPolicy } from "../src/config/Traffic.ts"
import * as catalog from "../src/provider/catalog/mod.ts"
import { foreign } from "../src/provider/catalog/variables.ts"
import { defaultSize } from "../src/provider/ProviderSettings.ts"
import { roster } from "../src/provider/roster.ts"
import { liveTest, test } from "./kit/effect.ts"
import { apiKey, start, temporaryFolder } from "./kit/gateway.ts"

const root = new URL("../", import.meta.url)
const read = (path: string) => Deno.readTextFileSync(new URL(path, root))
const readme = read("README.md")
const nativeApi = read("docs/native-api.md")
const example = read("docs/penstock.example.yaml")
const envelope = read("src/api/ErrorEnvelope.ts")

const filesOf = (folder: string): ReadonlyArray<string> =>
  Array.from(Deno.readDirSync(new URL(folder, root))).flatMap(({ name, isDirectory }) =>
    isDirectory ? filesOf(`${folder}${name}/`) : [`${folder}${name}`]
  )
const pages = ["README.md", ...filesOf("docs/").filter((path) => path.endsWith(".md"))]

const section = (page: string, heading: string): string =>
  page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? ""

/** The rows of all tables in `text` whose first cell is a word in code style, as cells. */
const rowsOf = (text: string): ReadonlyArray<ReadonlyArray<string>> =>
  Array.from(
    text.matchAll(/^\| `.*\|$(?!\n\| *-)/gm),
    ([line]) => line.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim())
  )

const words = (text: string) => Array.from(text.matchAll(/`([^`]+)`/g), ([, word = ""]) => word)
const bare = (cell: string | undefined) => words(cell ?? "")[0] ?? ""

const documented = new Map(
  rowsOf(section(readme, "Configuration")).map(([name, cell = ""]) => [bare(name), cell])
)
/** The variables of providers stand in a page of their own, the common ones in the README too. */
const variables = Array.from(
  new Set([...documented.keys(), ...rowsOf(read("docs/providers.md")).map(([name]) => bare(name))])
).filter((name) => /^[A-Z_]+$/.test(name))

/** Every setting below `ast`, by its path; a record's names are `<id>`. */
const keysOf = (ast: SchemaAST.AST, path: ReadonlyArray<string> = []): ReadonlyArray<string> =>
  ast._tag !== "Objects" ? [path.join(".")] : [
    ...ast.propertySignatures.flatMap(({ name, type }) => keysOf(type, [...path, String(name)])),
    ...ast.indexSignatures.flatMap(({ type }) => keysOf(type, [...path, "<id>"]))
  ]
const keys = keysOf(ConfigFile.ast)

const withVariables = (load: (name: string) => string | undefined) =>
  ConfigProvider.layer(ConfigProvider.make((path) =>
    Effect.sync(() => {
      const value = load(path.join("_"))
      return value === undefined ? undefined : ConfigProvider.makeValue(value)
    })
  ))

test("the README and the page on providers list every environment variable that is read, and no other", () =>
  Effect.gen(function* () {
    const empty = `${yield* temporaryFolder}/empty.json`
    Deno.writeTextFileSync(empty, "{}")
    const asked = new Set<string>()
    yield* Effect.flatMap(loadSettings, roster).pipe(
      Effect.provide(withVariables((name) => {
        asked.add(name)
        return name === "PENSTOCK_CONFIG" ? empty : undefined
      }))
    )
    assert(asked.size > 15)
    // Those that name a proxy are read in lower case too.
    const names = new Set(Array.from(asked, (name) => name.toUpperCase()))
    assertEquals(variables.toSorted(), Array.from(names).sort())
  }))

Deno.test("the README lists every key of penstock.yaml, and no other", () => {
  const listed = Array.from(documented.keys()).filter((name) => !variables.includes(name))
  assert(keys.length > 30)
  assertEquals(listed.toSorted(), keys.toSorted())
})

test("the README gives each setting its default", () =>
  Effect.gen(function* () {
    const settings = yield* settingsOf(undefined, "")
    const { host, port, dataDir, drainMs, bodyBytes, times, simulator } = settings
    const addresses = Object.values(catalog).flatMap(({ environment, baseUrl }) =>
      environment.baseUrl && documented.has(environment.baseUrl)
        ? [[environment.baseUrl, baseUrl] as const]
        : []
    )
    const defaults: ReadonlyArray<readonly [string, string | number]> = [
      ["HOST", host],
      ["PORT", port],
      ["PENSTOCK_DATA_DIR", dataDir],
      ["PENSTOCK_CONFIG", "penstock.yaml"],
      ...addresses,
      ["server.drain_seconds", drainMs / 1000],
      ["limits.body_bytes", bodyBytes],
      ["limits.requests_at_once", settings.requestsAtOnce],
      ["retries.attempts", settings.attempts],
      ["load_balancing.strategy", defaultLoadBalancing.strategy],
      [
        "load_balancing.health_check_interval",
        defaultLoadBalancing.healthCheckIntervalMs / 1000
      ],
      ["load_balancing.failure_threshold", defaultLoadBalancing.failureThreshold],
      ["load_balancing.recovery_threshold", defaultLoadBalancing.recoveryThreshold],
      ["models.<id>.priority", defaultPolicy.priority],
      ["models.<id>.reroute_filtered", String(defaultPolicy.rerouteFiltered)],
      ["timeouts.connect_seconds", settings.connectMs / 1000],
      ["timeouts.stream_head_seconds", times.streamHeadMs / 1000],
      ["timeouts.whole_head_seconds", times.wholeHeadMs / 1000],
      ["timeouts.first_token_seconds", times.firstTokenMs / 1000],
      ["timeouts.idle_seconds", times.idleMs / 1000],
      ["timeouts.total_seconds", times.totalMs / 1000],
      ["timeouts.keep_alive_seconds", times.keepAliveMs / 1000],
      ["timeouts.slow_client_seconds", times.slowClientMs / 1000],
      ["timeouts.read_on_seconds", settings.readOnMs / 1000],
      ["ledger.durability", settings.ledger.durability],
      ["ledger.on_failure", settings.ledger.onFailure],
      ["ledger.retention_days", settings.ledger.retentionDays ?? "none"],
      ["ledger.export_days", String(settings.ledger.exportDays)],
      ["logs.requests", settings.loggedRequests],
      ["models.<id>.on_disconnect", defaultPolicy.onDisconnect],
      ["simulator.seed", simulator.seed],
      ["providers.<id>.concurrency", defaultSize.concurrency],
      ["providers.<id>.waiting", defaultSize.waiting]
    ]
    for (const [name, value] of defaults) {
      assertStringIncludes(documented.get(name) ?? "", `\`${value}\``, name)
    }
    const silent = Array.from(documented).filter(([, cell]) => cell === "").map(([name]) => name)
    assertEquals(silent, [])
  }))

/** What a task's shell puts in the place of the catalogue's variables. */
const filledIn = /\$\([^)]*run -q(?: --frozen)? src\/provider\/catalog\/variables\.ts\)/

Deno.test("Penstock may read every variable that is listed", () => {
  const tasks: Record<string, string> = JSON.parse(read("deno.json")).tasks
  for (const command of [tasks.start, tasks.compile, section(readme, "One binary")]) {
    const written = (command ?? "").replace(filledIn, foreign.join(","))
    const allowed = /--allow-env="?([A-Za-z_*,]+)/.exec(written)?.[1]?.split(",") ?? []
    const missing = variables.filter((name) =>
      !allowed.some((one) => one === name || one.endsWith("*") && name.startsWith(one.slice(0, -1)))
    )
    assertEquals(missing, [], command)
  }
})

/** The configuration in `text`, with something in each of its variables. */
const parsed = (text: string) => {
  const names = Array.from(text.matchAll(/\$\{(\w+)\}/g), ([, name = ""]) => name)
  return parseConfigFile("penstock.yaml", text).pipe(
    Effect.provide(
      withVariables((name) => names.includes(name) ? "0123456789abcdef0123456789abcdef" : undefined)
    )
  )
}

/** Where names of the operator's choice stand. */
const byName = [
  "providers",
  "models",
  "models.<id>.price.service_tiers",
  "limits.keys",
  "load_balancing.weights",
  "providers.<id>.options"
]

test("the example configuration can be used, and shows every key", () =>
  Effect.gen(function* () {
    const file = yield* parsed(example)
    yield* Effect.flatMap(settingsOf(file, "penstock.yaml"), roster)
    const shown = (value: unknown, path: ReadonlyArray<string>): ReadonlyArray<string> =>
      typeof value !== "object" || value === null || Array.isArray(value)
        ? [path.join(".")]
        : Object.entries(value).flatMap(([key, item]) => {
          const named = byName.includes(path.join("."))
          return shown(item, [...path, named ? "<id>" : key])
        })
    // A secret and a JWKS exclude each other; it is there as a comment.
    assertStringIncludes(example, "# secret:")
    assertEquals(new Set([...shown(file, []), "auth.jwt.secret"]), new Set(keys))
  }))

test("every piece of configuration in the pages can be used", () =>
  Effect.gen(function* () {
    const pieces = pages.flatMap((page) =>
      Array.from(read(page).matchAll(/^```yaml\n(.*?)^```/gms), ([, text = ""]) => text)
    )
    assert(pieces.length > 0)
    for (const text of pieces) yield* Effect.flatMap(settingsOf(yield* parsed(text), ""), roster)
  }))

const anchors = (text: string) =>
  Array.from(
    text.matchAll(/^#+ (.+)$/gm),
    ([, heading = ""]) => heading.toLowerCase().replace(/[^\w\s-]/g, "").replaceAll(" ", "-")
  )

const exists = (target: URL): boolean => {
  try {
    Deno.statSync(target)
    return true
  } catch {
    return false
  }
}

Deno.test("every relative link leads somewhere", () => {
  const dead: Array<string> = []
  for (const page of pages) {
    for (const [, link = ""] of read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const target = new URL(link, new URL(page, root))
      const { hash } = target
      target.hash = ""
      if (!exists(target)) dead.push(`${page}: ${link}`)
      else if (hash && !anchors(Deno.readTextFileSync(target)).includes(hash.slice(1))) {
        dead.push(`${page}: ${link}`)
      }
    }
  }
  assertEquals(dead, [])
})

Deno.test("every task that a page names is there", () => {
  const tasks = Object.keys(JSON.parse(read("deno.json")).tasks)
  for (const page of pages) {
    const named = Array.from(
      read(page).matchAll(/(?:deno(?:@[\d.]+)? |`)task ([a-z]+)/g),
      ([, task = ""]) => task
    )
    assertEquals(named.filter((task) => !tasks.includes(task)), [], page)
  }
})

Deno.test("the README lists every route with its scope", () => {
  const listed = rowsOf(section(readme, "API")).map(([route, scope]) =>
    `${bare(route)} ${bare(scope) || scope}`
  )
  const declared = routes.filter(({ path }) => path.startsWith("/api/")).map((
    { method, path, needs }
  ) =>
    `${method} ${
      path.replace("/api/v1/llm", "").replace(":model_id", "{id}").replace(/:(\w+)/, "{$1}")
    } ${needs === "nothing" ? "none" : needs}`
  )
  assertEquals(listed.toSorted(), declared.toSorted())
})

Deno.test("the README lists every route of the other APIs", () => {
  const listed = rowsOf(section(readme, "Programs that you already have"))
    .map(([route]) => bare(route)).filter((route) => /^(GET|POST) /.test(route))
  const declared = routes.filter(({ thin }) => thin && thin.surface.name !== "native")
    // Gemini's are at two places.
    .filter(({ path }) => !/^\/v1\/models\/.*:\w+$/.test(path.replace(":model*", "{model}")))
    .map(({ method, path }) => `${method} ${templateOf(path)}`)
  assertEquals(listed.toSorted(), declared.toSorted())
})

/** Why a model may not even be tried. */
const whys = /readonly why:((?:\s|\||"\w+"|\/\*\*[^\n]*\*\/)+)/
  .exec(read("src/domain/GatewayError.ts"))?.[1] ?? ""

/** Status, `details.reason` and exact word of each class of fault, as the code has them. */
const faults = Array.from(
  envelope.matchAll(/^ {2}\w+: \[(\d+), "(\w+)", "(\w+)"\],?$/gm),
  ([, status = "", reason = "", kind = ""]) => ({ status, reason, kind })
)

Deno.test("the page on errors lists every word that the code has, with its status", () => {
  assert(faults.length > 20)
  const rows = rowsOf(section(nativeApi, "Errors"))
  const toldFaults = rows.filter(({ length }) => length === 4).map(([kind, reason, status]) =>
    `${bare(kind)} ${bare(reason)} ${status}`
  )
  assertEquals(
    toldFaults.toSorted(),
    Array.from(
      new Set(
        faults.filter(({ reason, kind }) => reason !== kind).map(({ status, reason, kind }) =>
          `${kind} ${reason} ${status}`
        )
      )
    ).sort()
  )

  const sources = [...filesOf("src/api/"), ...filesOf("src/gateway/"), "src/domain/GatewayError.ts"]
    .map(read).join("\n")
  const reasons = new Set([
    ...Array.from(sources.matchAll(/\bkind(?: =|:) "(\w{2,})"/g), ([, word]) => word),
    ...Array.from(sources.matchAll(/return "(json_\w+)"/g), ([, word]) => word),
    ...Array.from(envelope.matchAll(/\breason: "(\w+)"/g), ([, word]) => word),
    ...Array.from(whys.matchAll(/"(\w+)"/g), ([, word]) => word),
    ...faults.filter(({ reason, kind }) => reason === kind).map(({ reason }) => reason)
  ])
  const toldReasons = rows.filter(({ length }) => length === 3).map(([reason]) => bare(reason))
  assertEquals(toldReasons.toSorted(), Array.from(reasons).sort())
})

Deno.test("the README lists the codes, and the reasons of a model that is unavailable", () => {
  const rows = rowsOf(section(readme, "Errors"))
  assertEquals(new Set(rows.map(([code]) => bare(code))), new Set<string>(errorCodes))
  const told = rows.find(([code]) => bare(code) === "MODEL_UNAVAILABLE")?.[2] ?? ""
  assertEquals(
    new Set(words(told)),
    new Set([
      ...faults.filter(({ reason, kind }) => reason !== kind).map(({ reason }) => reason),
      ...Array.from(whys.matchAll(/"(\w+)"/g), ([, word = ""]) => word)
    ])
  )
})

Deno.test("every decision says why it was made, what it is and what follows", () => {
  const names = filesOf("docs/decisions/")
  assertEquals(
    names.map((name) => name.slice("docs/decisions/".length, "docs/decisions/0000".length))
      .toSorted(),
    names.map((_, at) => String(at + 1).padStart(4, "0"))
  )
  for (const name of names) {
    const parts = Array.from(read(name).matchAll(/^\*\*(\w+)\.\*\*/gm), ([, part]) => part)
    assertEquals(parts, ["Context", "Decision", "Consequences"], name)
  }
})

const blocks = (language: string) =>
  Array.from(
    readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms")),
    ([, text = ""]) => text
  )

/** What a program says, with the gateway at `url` and a key in its environment. */
const said = (url: string, command: string, args: ReadonlyArray<string>) =>
  Effect.promise(async () => {
    const { success, stdout, stderr } = await new Deno.Command(command, {
      args: [...args],
      env: { PENSTOCK_URL: url, KEY: apiKey }
    }).output()
    assert(success, new TextDecoder().decode(stderr))
    return new TextDecoder().decode(stdout)
  })

const runs = async (command: string, ...args: ReadonlyArray<string>): Promise<boolean> => {
  try {
    return (await new Deno.Command(command, { args: [...args] }).output()).success
  } catch {
    return false
  }
}

const withCurl = await runs("curl", "--version")
const withRequests = await runs("python3", "-c", "import requests")
if (!withCurl) console.log("Skipped: the README's curl commands, as there is no curl")
if (!withRequests) console.log("Skipped: the README's Python client, as there are no requests")

const simulator = { env: { PENSTOCK_SIMULATOR: "on" } }

liveTest("the README's curl commands are answered", () =>
  Effect.gen(function* () {
    const { url } = yield* start(simulator)
    const commands = blocks("sh").filter((text) => text.startsWith("curl "))
    assertEquals(commands.length, 7)
    const answers = yield* Effect.forEach(commands, (text) =>
      said(url, "sh", ["-c", text.replace("http://localhost:8000", url)]))
    assertStringIncludes(answers[0] ?? "", "You said: “Hello”")
    assert(answers[1]?.endsWith("data: [DONE]\n\n"))
    assertStringIncludes(answers[2] ?? "", '"id":"simulator"')
    assertStringIncludes(answers[3] ?? "", '"object":"chat.completion"')
    assertStringIncludes(answers[4] ?? "", '"type":"message"')
    assertStringIncludes(answers[5] ?? "", '"object":"embedding"')
    assertStringIncludes(answers[6] ?? "", '"fallback_models":["claude-3"]')
  }), { ignore: !withCurl })

const clients = [
  { language: "js", file: "client.mjs", command: Deno.execPath(), ignore: false },
  { language: "python", file: "client.py", command: "python3", ignore: !withRequests }
]

for (const { language, file, command, ignore } of clients) {
  liveTest(`the README's ${file} prints an answer`, () =>
    Effect.gen(function* () {
      const { url } = yield* start(simulator)
      const path = `${yield* temporaryFolder}/${file}`
      Deno.writeTextFileSync(path, blocks(language)[0] ?? "")
      const args = language === "js" ? ["run", "--no-config", "--allow-net", "--allow-env"] : []
      assertStringIncludes(yield* said(url, command, [...args, path]), "You said: “Hello”")
    }), { ignore })
}
