/**
 * Texts that Bedrock refuses.
 *
 * @module
 */

/** Whether `text` is empty or of white space only: Bedrock takes none such. */
export const isBlank = (text: string): boolean => text.trim() === ""
