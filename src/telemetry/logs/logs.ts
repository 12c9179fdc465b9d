/**
 * The log: a JSON object for each event, a line each, on the standard error stream.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { CurrentLogAnnotations } from "effect/References"
import { Dropped } from "../Dropped.ts"
import * as LineWriter from "./LineWriter.ts"
import { type LogLine, printLine, toLogLine } from "./LogLine.ts"
import { Scrubber } from "./Scrubber.ts"

/** Where bytes are written; it need not write all of them before the next come. */
export type Sink = (bytes: Uint8Array) => Promise<unknown>

/** A reader that does not read holds a stop up for no longer. */
const lastCallMs = 1000

/** The log on `sink`, in place of every other. Default: the standard error stream. */
export const layer = (sink: Sink = toStandardError): Layer.Layer<never> =>
  Logger.layer([
    Effect.gen(function* () {
      const dropped = yield* Dropped
      const writer = LineWriter.make(sink, (count) => void (dropped.logs += count))
      yield* Effect.addFinalizer(() =>
        Effect.timeoutOption(Effect.promise(writer.written), lastCallMs)
      )
      return yield* logger((line) => writer.write(printLine(line)))
    })
  ])

/** Has `tell` told of each event, as it may be shown. */
export const logger = (
  tell: (line: LogLine) => void
): Effect.Effect<Logger.Logger<unknown, void>> =>
  Effect.map(
    Scrubber,
    ({ scrub }) =>
      Logger.make(({ cause, date, fiber, logLevel, message }) =>
        tell(toLogLine(
          {
            at: date.getTime(),
            level: logLevel,
            message,
            cause,
            annotations: fiber.getRef(CurrentLogAnnotations)
          },
          scrub
        ))
      )
  )

const toStandardError: Sink = (bytes) =>
  Deno.stderr.write(bytes).then((count) =>
    count < bytes.length ? toStandardError(bytes.subarray(count)) : undefined
  )
