/**
 * Tables for spreadsheets, as RFC 4180 has them.
 *
 * @module
 */

/** A table with its head first. A cell that a spreadsheet would run as a formula is made text. */
export const toCsv = (rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  rows.map((row) => row.map(toCell).join(",") + "\r\n").join("")

const toCell = (text: string): string => {
  const harmless = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
