/**
 * Where a model is.
 *
 * @module
 */

/** Where `model` is: an id, an inference profile or an ARN, whose colons and slashes are escaped. */
export const modelPath = (model: string): `/${string}` =>
  // Half a character would make encodeURIComponent throw.
  `/model/${encodeURIComponent(model.toWellFormed())}`
