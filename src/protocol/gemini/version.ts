/**
 * Which Gemini API we speak.
 *
 * @module
 */

/** The version of the API, at the root of every path. */
export const version = "v1beta"
