/**
 * Providers as OpenTelemetry's semantic conventions call them.
 *
 * @module
 */

/** Ours that have another name there. */
const names: ReadonlyArray<readonly [id: string, name: string]> = [
  ["google", "gcp.gemini"],
  ["mistral", "mistral_ai"],
  ["xai", "x_ai"],
  ["azure", "azure.ai.openai"],
  ["bedrock", "aws.bedrock"]
]

const byId = new Map(names)
const byName = new Map(names.map(([id, name]) => [name, id]))

/** The value of `gen_ai.provider.name` for our provider `id`: most are called alike. */
export const providerName = (id: string): string => byId.get(id) ?? id

/** Our provider that `providerName` calls `name`. */
export const providerId = (name: string): string => byName.get(name) ?? name
