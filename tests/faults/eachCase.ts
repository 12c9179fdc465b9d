/**
 * Rows of the fault matrix as tests: each in every dialect, whole and streamed, and each of the two in
 * a house of its own.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import type { DialectName } from "../../src/domain/Message.ts"
import { answer, type Choose } from "../kit/FakeProvider.ts"
import { checkConnections } from "./hidden.ts"
import { dialects, type House, type HouseOptions, modelAt, open } from "./house.ts"
import type { Row, Seen } from "./Row.ts"

/** One case of a row. */
export interface Case {
  readonly row: Row
  readonly dialect: DialectName
  readonly streamed: boolean
  /** What the row says that a client sees. */
  readonly seen: Seen
  readonly house: House
  /** The model that is asked for. */
  readonly model: string
}

/** How the cases of a row are set up. */
export interface CaseOptions extends HouseOptions {
  /** Whether only the first call meets the fault. Default: all do. */
  readonly passes?: boolean
  /** Streamed or not. Default: both. */
  readonly modes?: ReadonlyArray<boolean>
}

/** Tests `row`; `options` are of its houses, on top of what the row wants. */
export const testRow = (
  name: string,
  row: Row,
  { passes = false, modes = [false, true], ...options }: CaseOptions,
  run: (one: Case) => Promise<void>
): void => {
  const { at = "fake", hasty, script = answer() } = row
  const fault = (house: House): Choose => {
    let first = true
    return (call) => {
      const isWell = passes && !first
      first = false
      if (isWell) return answer()
      return typeof script === "function" ? script(call, house.elsewhere.url) : script
    }
  }
  const inHouse = (streamed: boolean, seen: Seen) =>
    Effect.gen(function* () {
      const house = yield* open({ at, hasty, ...options })
      const wrong: Array<string> = []
      const inDialect = async (dialect: DialectName) => {
        const model = modelAt(at, dialect)
        try {
          if (row.warm) await house.ask(model, false)
          house.fakes[dialect].respond(fault(house))
          await run({ row, dialect, streamed, seen, house, model })
        } catch (cause) {
          wrong.push(`${dialect}, ${streamed ? "streamed" : "whole"}: ${cause}`)
        }
      }
      // Where the house's clock is moved, one after the other.
      const concurrency = row.held ? 1 : "unbounded"
      yield* Effect.forEach(
        dialectsOf(row),
        (dialect) => Effect.promise(() => inDialect(dialect)),
        { concurrency, discard: true }
      )
      assertEquals(house.elsewhere.calls.length, 0, "Nobody follows a redirect")
      const pooled = new Set([house.spare, ...Object.values(house.fakes)])
      for (const fake of house.all) {
        assertEquals(fake.strays.length, 0, "A call to an address that no dialect has")
        if (wrong.length === 0) {
          // Handshakes that are given up stay open until the server ends them: see `http/connect.ts`.
          const mayStay = pooled.has(fake) || at === "deaf" ? dialects.length : 0
          yield* Effect.promise(() => checkConnections(fake, mayStay))
        }
      }
      return wrong
    })
  const place = jobs.push(lazy(async () => {
    const wrong = await Promise.all(
      modes.map((streamed) => {
        const seen = streamed ? row.streamed : row.whole
        return seen === undefined ? [] : Effect.runPromise(Effect.scoped(inHouse(streamed, seen)))
          .catch((cause) => [`${cause}`])
      })
    )
    return wrong.flat()
  })) - 1
  Deno.test({
    name,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const [job, ...next] = jobs.slice(place, place + atOnce)
      const wrong = job!()
      for (const start of next) start()
      assert((await wrong).length === 0, (await wrong).join("\n"))
    }
  })
}

/** The dialects that `row` is tested in. */
export const dialectsOf = ({ dialects: only = dialects, without = {} }: Row) =>
  only.filter((dialect) => without[dialect] === undefined)

/** Most of a row is waiting: for a pause to pass, for a silence to be long enough. */
const atOnce = 3
const jobs: Array<() => Promise<ReadonlyArray<string>>> = []

const lazy = <A>(make: () => A): () => A => {
  let made: { readonly value: A } | undefined
  return () => (made ??= { value: make() }).value
}
