/**
 * Ids of tool calls for providers that take only plain ones.
 *
 * @module
 */
import { hash } from "./hash.ts"

const plain = /^[a-zA-Z0-9_-]+$/

/** Whether `id` is of letters, digits, `_` and `-` alone, and not longer than `longest`. */
export const isPlainId = (id: string, longest = Infinity): boolean =>
  id.length <= longest && plain.test(id)

/**
 * `id` of letters, digits, `_` and `-` alone, and not longer than `longest`, which is 16 or more: as it
 * is where it is so already. The same id always becomes the same, and another one another.
 */
export const plainId = (id: string, longest = Infinity): string => {
  if (isPlainId(id, longest)) return id
  // What is replaced or cut off tells ids apart as well.
  const rest = `_${hash(id, 0x811c9dc5).toString(36)}`
  return id.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, longest - rest.length) + rest
}
