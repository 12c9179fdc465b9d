/**
 * The environment variables that providers are set up by. Run, it prints them, and those that name a
 * proxy, for `--allow-env`: so a new provider needs no change of a task.
 *
 * @module
 */
import { proxyVariables } from "../../config/proxy.ts"
import type { Provider } from "../Provider.ts"
import * as catalog from "./mod.ts"

/** The variables that set up `provider`, each once: its key's, its address's and its options'. */
export const variablesOf = ({ environment, options = {} }: Provider): ReadonlyArray<string> => {
  const { apiKey, baseUrl } = environment
  const others = Object.values(options).flatMap(({ variables }) => variables)
  return Array.from(new Set([...apiKey, ...(baseUrl === undefined ? [] : [baseUrl]), ...others]))
}

/** The variables of every provider, each once. */
export const variables: ReadonlyArray<string> = Array.from(
  new Set(Object.values(catalog).flatMap((provider: Provider) => variablesOf(provider)))
)

/** What is read beside our own: the variables of providers, and those that name a proxy. */
export const foreign: ReadonlyArray<string> = [...variables, ...proxyVariables]

if (import.meta.main) Deno.stdout.writeSync(new TextEncoder().encode(foreign.join(",")))
