/**
 * The matrix of clients and dialects, as it is filled in.
 *
 * @module
 */

/** A table of what was shown to work. */
export interface Table {
  readonly mark: (client: string, dialect: string, way: string) => void
  /** The cells that nobody marked. */
  readonly unmarked: () => ReadonlyArray<string>
  /** For people: a row for each client, a column for each dialect, and what failed in its cell. */
  readonly show: () => string
}

/** An empty table. */
export const make = (
  ways: ReadonlyArray<string>,
  dialects: ReadonlyArray<string>,
  clients: ReadonlyArray<string>
): Table => {
  const marked = new Set<string>()
  const key = (client: string, dialect: string, way: string) => `${client} / ${dialect} / ${way}`
  const missing = (client: string, dialect: string) =>
    ways.filter((way) => !marked.has(key(client, dialect, way)))
  const row = (cells: ReadonlyArray<string>) => cells.map((cell) => cell.padEnd(26)).join("")
  return {
    mark: (client, dialect, way) => void marked.add(key(client, dialect, way)),
    unmarked: () =>
      clients.flatMap((client) =>
        dialects.flatMap((dialect) =>
          missing(client, dialect).map((way) => key(client, dialect, way))
        )
      ),
    show: () =>
      [
        row([`client \\ upstream`, ...dialects]),
        ...clients.map((client) =>
          row([
            client,
            ...dialects.map((dialect) => {
              const failed = missing(client, dialect)
              return failed.length === 0 ? `all ${ways.length}` : `not: ${failed.join(", ")}`
            })
          ])
        )
      ].join("\n")
  }
}
