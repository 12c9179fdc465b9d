/**
 * The events of one streamed response as they stand on the wire, numbered in their order.
 *
 * @module
 */
import { namedEvent } from "../../SseStream.ts"
import type { OutputItem } from "./ResponseObject.ts"

/** Writes the events of one stream. */
export interface Wire {
  /** An event; `fields` are its members as JSON, without braces, beside its type and number. */
  readonly raw: (type: string, fields: string) => string
  /** An event of these fields. */
  readonly event: (type: string, fields: object) => string
}

/** The wire of a new stream. */
export const make = (): Wire => {
  let count = 0
  const raw = (type: string, fields: string) =>
    namedEvent(type, `{"type":"${type}","sequence_number":${count++},${fields}}`)
  return { raw, event: (type, fields) => raw(type, JSON.stringify(fields).slice(1, -1)) }
}

/** Writes the events of one item of the output. Each call gives the events that it makes due. */
export interface ItemWriter {
  /** Ends the item, if that has not been; `isCut` where the answer breaks off in it. */
  readonly close: (isCut: boolean) => string
  /** The item as it stands: one that was not ended is not complete. */
  readonly item: () => OutputItem
}

/** The events between which an item is written. */
export const framing = (wire: Wire, output_index: number) => ({
  added: (item: OutputItem) => wire.event("response.output_item.added", { output_index, item }),
  done: (item: OutputItem) => wire.event("response.output_item.done", { output_index, item })
})
