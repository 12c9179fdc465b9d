/**
 * Texts that some providers refuse.
 *
 * @module
 */

/** Whether `text` is empty or of white space only: Anthropic's models take none such, anywhere. */
export const isBlank = (text: string): boolean => text.trim() === ""
