/**
 * What is known of each scope, for as long as it matters.
 *
 * @module
 */
import { type Count, type Hold, make as makeUsage, type ScopeUsage } from "./ScopeUsage.ts"

/** What is known of each scope. */
export interface ScopeRegister {
  /** What the scope called `name` has used; only to be read. */
  readonly of: (name: string) => Pick<ScopeUsage, "refusal" | "standing">
  /** Counts a request of `tokens` in the scope called `name`. */
  readonly begin: (now: number, name: string, tokens: number) => Hold
  /** How many scopes are known. */
  readonly size: () => number
  /** Every scope of which something counts. */
  readonly counts: (now: number) => ReadonlyArray<ScopeCount>
}

/** What counts in the scope called `scope`. */
export interface ScopeCount extends Count {
  readonly scope: string
}

/**
 * An empty register. Where it has more than `most` scopes, those of which nothing counts are forgotten;
 * the others never are.
 */
export const make = (most: number): ScopeRegister => {
  const usages = new Map<string, ScopeUsage>()
  const unused = makeUsage()
  /** Grows with what cannot be forgotten: to look through all of it each time would cost too much. */
  let room = most

  const forget = (now: number): void => {
    for (const [name, usage] of usages) if (!counts(usage.count(now))) usages.delete(name)
    room = Math.max(most, 2 * usages.size)
  }

  return {
    of: (name) => usages.get(name) ?? unused,
    begin: (now, name, tokens) => {
      let usage = usages.get(name)
      if (!usage) {
        if (usages.size >= room) forget(now)
        usages.set(name, usage = makeUsage())
      }
      return usage.begin(now, tokens)
    },
    size: () => usages.size,
    counts: (now) =>
      Array.from(usages, ([scope, usage]) => ({ scope, ...usage.count(now) })).filter(counts)
  }
}

const counts = ({ requests, tokens, concurrency }: Count): boolean =>
  requests > 0 || tokens > 0 || concurrency > 0
