/**
 * Writing entries into the tables, inside a transaction that somebody else begins and ends.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite"
import { dayOf } from "../calendar.ts"
import type { Asked, Called, Charge, Settled } from "../Entry.ts"
import type { Entry, Leaf } from "./Leaf.ts"
import { makePriceNumbers } from "./PriceNumbers.ts"
import { onlyCallOf } from "./onlyCall.ts"
import { type Counted, makeRollup, type Rollup } from "./Rollup.ts"
import * as statements from "../store/statements.ts"
import { nothing, numbersOf, type Taken, takenOf, totalOf } from "./taken.ts"

/** Writes entries. It throws what SQLite throws. */
export interface Pen {
  readonly write: (entry: Entry) => void
  /** What was written is durable. */
  readonly keep: () => void
  /** What was written was taken back. */
  readonly forget: () => void
  /** The sums of what is durable, which are written in a transaction of their own. */
  readonly sums: Pick<Rollup, "waiting" | "write" | "wrote">
}

/** Writes into `database`; it numbers requests on from the last one there. */
export const makePen = (database: DatabaseSync): Pen => {
  const insertOpen = database.prepare(statements.insertOpen)
  const chargeOpen = database.prepare(statements.chargeOpen)
  const deleteOpen = database.prepare(statements.deleteOpen)
  const insertRequest = database.prepare(statements.insertRequest)
  const insertAttempt = database.prepare(statements.insertAttempt)
  const prices = makePriceNumbers(database)
  const rollup = makeRollup(database)
  let fresh: Array<Counted> = []
  const last = (sql: string) => Number(database.prepare(sql).get()?.["last"] ?? 0)
  let lastRequest = last(statements.lastRequest)
  let lastPage = last(statements.lastPage)

  const priceOf = (charge: Charge | undefined): number | null =>
    charge?.cost && charge.rates ? prices.of(charge.rates) : null

  // Values one by one: a list for each row would be a tenth of all that a request costs.
  const ask = (leaf: Leaf, asked: Asked): void => {
    leaf.page ??= ++lastPage
    const { opened } = leaf
    const { usage, cost } = asked.charge
    insertOpen.run(
      leaf.page,
      opened.id,
      opened.at,
      dayOf(opened.at),
      opened.caller,
      opened.asked,
      opened.streamed ? 1 : 0,
      opened.version,
      opened.traceId ?? null,
      asked.number,
      asked.deployment,
      asked.model,
      asked.provider,
      asked.startedMs,
      asked.resumed ?? null,
      usage.promptTokens,
      usage.completionTokens,
      usage.cachedTokens,
      usage.cacheWriteTokens,
      usage.reasoningTokens,
      usage.source,
      cost?.inputNanos ?? null,
      cost?.outputNanos ?? null,
      priceOf(asked.charge)
    )
  }

  const charge = (page: number, number: number, charge: Charge | undefined): void => {
    const taken = takenOf(charge)
    chargeOpen.run(
      taken.promptTokens,
      taken.completionTokens,
      taken.cachedTokens,
      taken.cacheWriteTokens,
      taken.reasoningTokens,
      taken.source,
      taken.inputNanos,
      taken.outputNanos,
      priceOf(charge),
      page,
      number
    )
  }

  const settle = (leaf: Leaf, settled: Settled): void => {
    if (leaf.page !== undefined) deleteOpen.run(leaf.page)
    const takens = settled.calls.map((call) => takenOf(call.charge))
    const total = totalOf(takens)
    const only = onlyCallOf(settled)
    const day = dayOf(settled.at)
    const seq = ++lastRequest
    insertRequest.run(
      seq,
      settled.id,
      settled.at,
      day,
      settled.caller,
      settled.asked,
      settled.streamed ? 1 : 0,
      settled.version,
      settled.traceId ?? null,
      settled.outcome,
      settled.model,
      settled.provider ?? null,
      settled.calls.length,
      total.promptTokens,
      total.completionTokens,
      total.cachedTokens,
      total.cacheWriteTokens,
      total.reasoningTokens,
      total.source,
      total.inputNanos,
      total.outputNanos,
      settled.durationMs,
      settled.firstTokenMs ?? null,
      settled.queueMs,
      settled.upstreamMs,
      only?.deployment ?? null,
      only?.startedMs ?? null,
      only?.outcome ?? null,
      only?.status ?? null,
      only?.durationMs ?? null,
      only?.queueMs ?? null,
      only?.firstTokenMs ?? null,
      only === undefined ? null : only.showed ? 1 : 0,
      priceOf(only?.charge)
    )
    if (only === undefined) {
      settled.calls.forEach((call, at) => attempt(seq, call, takens[at] ?? nothing))
    }
    const { caller, model, provider = "" } = settled
    const numbers = numbersOf(settled.outcome, total)
    fresh.push({ seq, day, caller, model, provider, numbers })
  }

  const attempt = (seq: number, call: Called, taken: Taken): void => {
    insertAttempt.run(
      seq,
      call.number,
      call.deployment,
      call.model,
      call.provider,
      call.startedMs,
      call.resumed ?? null,
      call.outcome,
      call.status ?? null,
      call.durationMs,
      call.queueMs,
      call.firstTokenMs ?? null,
      call.showed ? 1 : 0,
      taken.promptTokens,
      taken.completionTokens,
      taken.cachedTokens,
      taken.cacheWriteTokens,
      taken.reasoningTokens,
      taken.source,
      taken.inputNanos,
      taken.outputNanos,
      priceOf(call.charge)
    )
  }

  return {
    write: (entry) => {
      const { leaf } = entry
      switch (entry.kind) {
        case "ask":
          return ask(leaf, entry.asked)
        case "settle":
          return settle(leaf, entry.settled)
        case "charge":
          if (leaf.page !== undefined) charge(leaf.page, entry.number, entry.charge)
      }
    },
    keep: () => {
      for (const row of fresh) rollup.add(row)
      fresh = []
    },
    forget: () => {
      fresh = []
      prices.forget()
    },
    sums: rollup
  }
}
