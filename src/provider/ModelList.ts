/**
 * The list of models that a provider tells of, as far as it can be believed.
 *
 * @module
 */
import type { ListedModel } from "../protocol/Dialect.ts"
import type { Provider } from "./Provider.ts"

export type { ListedModel } from "../protocol/Dialect.ts"

/** The models that a provider said it serves, by its own names. */
export type ModelList = ReadonlyMap<string, ListedModel>

/** Of a longer list, the rest is not read: no provider has as many. */
export const mostModels = 5000

/** A longer id, or one with characters that cannot be seen, is nobody's model. */
const idPattern = /^[^\p{C}\p{Zl}\p{Zp}]{1,256}$/u

/** What `models` tell, each once: the first of an id counts. */
export const make = (models: ReadonlyArray<ListedModel>, { ignores }: Provider): ModelList => {
  const list = new Map<string, ListedModel>()
  for (const model of models) {
    const { id, name } = model
    if (list.has(id) || !idPattern.test(id) || ignores?.test(id)) continue
    if (list.size >= mostModels) break
    list.set(id, name === undefined ? model : { ...model, name: printable(name) || id })
  }
  return list
}

/** Whether two lists tell the same, in the same order. */
export const isSame = (a: ModelList, b: ModelList): boolean =>
  a.size === b.size && JSON.stringify([...a.values()]) === JSON.stringify([...b.values()])

/** A name that can be shown on one line. */
const printable = (name: string): string =>
  name.slice(0, 256).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "").trim()
