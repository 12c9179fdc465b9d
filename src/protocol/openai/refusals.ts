/**
 * What some models of a provider refuse, though its list does not tell.
 *
 * @module
 */
import type { ListedModel } from "../Dialect.ts"
import type { OpenAiQuirks } from "./quirks.ts"

/** `models`, each with what it is known to refuse. */
export const withRefusals = (
  models: ReadonlyArray<ListedModel>,
  { modelRefusals }: OpenAiQuirks
): ReadonlyArray<ListedModel> =>
  modelRefusals === undefined ? models : models.map((model) => {
    const found = modelRefusals.find(({ models }) => models.test(model.id))
    return found ? { ...model, unsupportedParameters: found.parameters } : model
  })
