/**
 * `docs/providers.md`, made of the catalogue.
 *
 * @module
 */
import * as catalog from "../../../src/provider/catalog/mod.ts"
import type { OpenAiQuirks } from "../../../src/protocol/openai/mod.ts"
import type { Provider } from "../../../src/provider/Provider.ts"

/** How a provider differs, where it speaks OpenAI's dialect. */
export const quirksOf = ({ dialect }: Provider): OpenAiQuirks =>
  "quirks" in dialect ? dialect.quirks as OpenAiQuirks : {}

const providers: ReadonlyArray<Provider> = Object.values<Provider>(catalog).toSorted((a, b) =>
  a.name.localeCompare(b.name, "en")
)

const code = (text: string | number | boolean) => `\`${text}\``
const list = (items: ReadonlyArray<string>) => items.map(code).join(", ")

/** Each quirk in words. */
const words: { [key in keyof Required<OpenAiQuirks>]: (quirks: OpenAiQuirks) => string } = {
  maxTokensField: ({ maxTokensField }) => `The budget for an answer is ${code(maxTokensField!)}.`,
  streamUsage: ({ streamUsage }) =>
    streamUsage ? "" : "It tells usage in a stream unasked, and may not be asked for it.",
  userField: ({ userField }) =>
    userField === "none"
      ? "It takes no label of an end user: `user` is left out."
      : `The label of an end user is ${code(userField!)}.`,
  seedField: ({ seedField }) => `The seed is ${code(seedField!)}.`,
  reasoningField: ({ reasoningField }) =>
    `The reasoning of earlier turns goes back as ${code(reasoningField!)}.`,
  reasoningSwitch: ({ reasoningSwitch }) =>
    `Reasoning is switched by ${code(reasoningSwitch!)}, and has an effort only where it is on.`,
  developerRole: ({ developerRole }) => developerRole ? "It knows the role `developer`." : "",
  requiredToolChoice: ({ requiredToolChoice }) =>
    `A call of any tool is asked for as ${code(requiredToolChoice!)}.`,
  namedToolChoice: ({ namedToolChoice }) =>
    namedToolChoice
      ? ""
      : "A tool cannot be asked for by its name: it is shown that one alone, and has to call it.",
  shortToolCallIds: ({ shortToolCallIds }) =>
    shortToolCallIds ? "Ids of tool calls are made nine letters and digits." : "",
  longestToolCallId: ({ longestToolCallId }) =>
    `Ids of tool calls have ${longestToolCallId} characters at most; longer ones are made so.`,
  thoughtSignatures: ({ thoughtSignatures }) =>
    thoughtSignatures ? "Tool calls get their signatures back in `extra_content`." : "",
  messageNames: ({ messageNames }) => messageNames ? "" : "It takes no names of messages.",
  jsonFormats: ({ jsonFormats }) => `Of kinds of JSON it has ${list(jsonFormats!)} alone.`,
  mostStops: ({ mostStops }) => `It takes ${mostStops} texts in \`stop\` at most.`,
  topK: ({ topK }) => topK ? "It knows `top_k`." : "",
  unsupported: ({ unsupported }) => `It does not support ${list(unsupported!)}.`,
  modelRefusals: ({ modelRefusals }) =>
    `Some of its models refuse ${
      list([...new Set(modelRefusals!.flatMap(({ parameters }) => parameters))])
    }.`,
  vectorFormat: ({ vectorFormat }) => `Vectors come as ${code(vectorFormat!)}.`,
  dimensionsField: ({ dimensionsField }) => `The length of a vector is ${code(dimensionsField!)}.`
}

const inWords = (provider: Provider): ReadonlyArray<string> => {
  const quirks = quirksOf(provider)
  return Object.entries(words).flatMap(([name, say]) =>
    quirks[name as keyof OpenAiQuirks] === undefined ? [] : say(quirks) || []
  )
}

const row = (...cells: ReadonlyArray<string>) => `| ${cells.join(" | ")} |`

const variableRows = (provider: Provider): ReadonlyArray<string> => {
  const { apiKey, baseUrl, keyOptional } = provider.environment
  const keyRows = apiKey.map((name, at) =>
    row(
      code(name),
      "none",
      at > 0
        ? `as ${code(apiKey[0]!)}, which counts first`
        : keyOptional
        ? "its key, where it wants one"
        : "its key"
    )
  )
  const addressRow = baseUrl === undefined ? [] : [
    provider.needsAddress
      ? row(code(baseUrl), "none", `its address, such as ${code(provider.baseUrl)}; needed`)
      : row(code(baseUrl), code(provider.baseUrl), "its address")
  ]
  const seen = new Set([...apiKey, ...(baseUrl ? [baseUrl] : [])])
  const optionRows = Object.entries(provider.options ?? {}).flatMap(([name, option]) =>
    option.variables.filter((variable) => !seen.has(variable)).map((variable) =>
      row(
        code(variable),
        option.default === undefined ? "none" : code(option.default),
        `the option ${code(name)}`
      )
    )
  )
  return [...keyRows, ...addressRow, ...optionRows]
}

const section = (provider: Provider): string => {
  const { id, name, dialect, baseUrl, environment, needsAddress } = provider
  const told = [
    `${code(id)} speaks the dialect ${code(dialect.name)}.`,
    environment.baseUrl === undefined && !needsAddress
      ? `Its address is ${code(baseUrl)}, unless the file has another as \`base_url\`.`
      : "",
    provider.discovers === false
      ? provider.models.length === 0
        ? "Its models come from the configuration."
        : "It is not asked which models it serves."
      : ""
  ].filter((text) => text !== "").join(" ")
  const rows = variableRows(provider)
  const options = Object.entries(provider.options ?? {})
  const quirks = inWords(provider)
  return [
    `## ${name}`,
    told,
    ...(rows.length === 0 ? [] : [
      [row("variable", "default", "what it is"), row("---", "---", "---"), ...rows].join("\n")
    ]),
    ...(options.length === 0 ? [] : [
      "Its options:",
      options.map(([name, { what, secret }]) =>
        `- ${code(name)}: ${what}${secret ? " (a credential)" : ""}`
      ).join("\n")
    ]),
    ...(quirks.length === 0 ? [] : [
      "How it differs from the rest of its dialect:",
      quirks.map((quirk) => `- ${quirk}`).join("\n")
    ])
  ].join("\n\n")
}

/** The page, as it is before it is formatted. */
export const page = (): string =>
  [
    "# Providers",
    "This page is made of the catalogue, `src/provider/catalog/`, by " +
    "`PENSTOCK_WRITE_PROVIDERS=1 deno test -A tests/provider/catalog/page_test.ts`.",
    "A provider is ready once its key is set, or its address where it needs one. In `penstock.yaml` " +
    "all of it can be said under `providers.<id>`: `api_key`, `base_url`, `options`. What a provider " +
    "does not take is refused with its path, or left out where a request says so. Any other server " +
    "that speaks one of the dialects is a provider of your own: see " +
    "the [README](../README.md#configuration), and `quirks` there for how it differs.",
    ...providers.map(section)
  ].join("\n\n") + "\n"
