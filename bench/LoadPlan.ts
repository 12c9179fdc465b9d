/**
 * What the load generator is asked, and what it answers.
 *
 * @module
 */

/** A load to put on one gateway. */
export interface LoadPlan {
  readonly port: number
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Connections, each with one request at a time. */
  readonly concurrency: number
  /** No request is started after so many seconds; those under way are waited for. */
  readonly seconds: number
  /** The most requests in all. */
  readonly requests: number
  /** Content events that each answer must have; 0 for an answer that is not streamed. */
  readonly events: number
  /** What the last 32 bytes of a whole stream hold. */
  readonly ending: string
}

/** What came of a load. */
export interface LoadResult {
  /** From the first request to the last answer. */
  readonly seconds: number
  /** Whole answers: status 200, and for a stream all its events and its `ending`. */
  readonly completed: number
  readonly failed: number
  /** What the first failed answer began with. */
  readonly failure: string | undefined
  /** Milliseconds to the whole answer, or to the first event of a stream. */
  readonly p50: number
  readonly p99: number
}
