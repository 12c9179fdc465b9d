/**
 * Texts that Anthropic refuses.
 *
 * @module
 */

/** Whether `text` is empty or of white space only: Anthropic takes none such, nor stops at one. */
export const isBlank = (text: string): boolean => text.trim() === ""
