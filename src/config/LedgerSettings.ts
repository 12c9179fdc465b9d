/**
 * How the books are kept.
 *
 * @module
 */
import type { ConfigFile } from "./ConfigFile.ts"

/** How the books are kept. */
export interface LedgerSettings {
  /**
   * What no written row is lost by: the end of the process, or of the power too, which makes every
   * write wait for the disk. Default: `process`.
   */
  readonly durability: "process" | "power"
  /** What becomes of requests while the books cannot be written. Default: `refuse`. */
  readonly onFailure: "refuse" | "serve"
  /** Default: 400, a year and a month; absent is for ever. */
  readonly retentionDays: number | undefined
  /** Whether each day's rows are written to a file once it is over. Default: false. */
  readonly exportDays: boolean
}

/** What a file says of the books, and the defaults for the rest. */
export const ledgerSettings = (file: NonNullable<ConfigFile["ledger"]>): LedgerSettings => ({
  durability: file.durability ?? "process",
  onFailure: file.on_failure ?? "refuse",
  retentionDays: file.retention_days === undefined ? 400 : file.retention_days ?? undefined,
  exportDays: file.export_days ?? false
})
