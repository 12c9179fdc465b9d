/**
 * What stands at the head of every answer, and of every chunk of one.
 *
 * @module
 */

/** What stands at the head of an answer. */
export interface Head {
  /** Made of the request's id: the same in all chunks. */
  readonly id: string
  /** When it was asked for, in Unix seconds. */
  readonly created: number
}

/** The head of the answer to a request that came at `now`, in Unix milliseconds. */
export const headOf = (prefix: string, requestId: string, now: number): Head => ({
  id: `${prefix}-${requestId.replace(/^req_/, "")}`,
  created: Math.floor(now / 1000)
})

/** How each chunk begins, as text, up to its choices. */
export const beginning = ({ id, created }: Head, object: string, model: string): string =>
  `{"id":${JSON.stringify(id)},"object":"${object}","created":${created},"model":${
    JSON.stringify(model)
  },"choices":`
