/**
 * The end of a stream that cannot be joined.
 *
 * @module
 */
import { UpstreamFault } from "../../domain/UpstreamFault.ts"

/**
 * The answer was begun anew, in other words: what was shown cannot be taken back. It is no fault of
 * whoever was asked to go on.
 */
export const diverged = new UpstreamFault({
  class: "stream_cut",
  message: "The answer broke off, and could not be taken up where it did"
})
