/**
 * Ids of tool calls: Gemini does not always give them, and everybody else needs them.
 *
 * @module
 */

const prefix = "call_"

/**
 * An id for a call that Gemini gave none: the `count`th call without one in the answer `responseId`.
 * The id of the answer makes it unlike those of other answers, which stand in the same conversation.
 */
export const makeId = (responseId: string | undefined, choice: number, count: number): string =>
  responseId !== undefined && /^[\w-]{1,128}$/.test(responseId)
    ? `${prefix}${responseId}_${choice}_${count}`
    : `${prefix}${choice}_${count}`

/**
 * `id`, unless it was made up: Gemini gets back what it gave, and what another provider did, whose
 * results may come in any order.
 */
export const givenId = (id: string): string | undefined => madeUp.test(id) ? undefined : id

/** As made here, by the other dialects, and where a client left an id out. */
const madeUp = /^call_(?:(?:[\w-]{1,128}_)?\d{1,4}_)?\d{1,4}$|^call_made_\d{1,9}$/
