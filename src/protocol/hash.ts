/**
 * Numbers that stand for texts.
 *
 * @module
 */

/**
 * A number of 32 bits that is always the same for the same text and seed. FNV-1a, stirred once more
 * at the end, so that texts that differ in one letter differ all over.
 */
export const hash = (text: string, seed: number): number => {
  let sum = seed
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193)
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b)
  return (sum ^ (sum >>> 13)) >>> 0
}
