/**
 * Where a model is.
 *
 * @module
 */
import { version } from "./version.ts"

/** Where `model` is: an id may say where it is kept, and nothing in it leads out of there. */
export const modelPath = (model: string): `/${string}` => {
  const [, place = "models", id = model] = /^(models|tunedModels)\/(.*)$/s.exec(model) ?? []
  // Half a character would make encodeURIComponent throw.
  return `/${version}/${place}/${encodeURIComponent(id.toWellFormed())}`
}
