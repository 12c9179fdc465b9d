/**
 * What the fake provider says in each wire dialect.
 *
 * @module
 */
import type { FullAnswer } from "./Answer.ts"
import type { RecordedCall } from "./RecordedCall.ts"

/** How one dialect writes answers and errors: the server's side of it. */
export interface FakeDialect {
  /** The body of an answer that is not streamed. */
  readonly whole: (answer: FullAnswer, call: RecordedCall) => unknown
  /** The events of a streamed answer, in order. */
  readonly events: (answer: FullAnswer, call: RecordedCall) => ReadonlyArray<FakeEvent>
  /** An error as this dialect's providers answer it. */
  readonly failure: (kind: FailureKind, detail: FailureDetail) => FakeFailure
  /** The same as an event inside of a stream. */
  readonly errorEvent: (kind: FailureKind, detail: FailureDetail) => FakeEvent
  /** The body that lists `ids` as the models. */
  readonly models: (ids: ReadonlyArray<string>) => unknown
  /** How events are framed that are no server-sent events. */
  readonly binary?: BinaryFraming | undefined
}

/** Events of bytes. */
export interface BinaryFraming {
  readonly contentType: string
  readonly frame: (event: FakeEvent) => Uint8Array<ArrayBuffer>
}

/** One event of a stream. */
export interface FakeEvent {
  /** What follows `event:`; absent where the dialect does not name its events. */
  readonly name?: string | undefined
  /** Written as JSON, but a string as it stands. */
  readonly data: unknown
  readonly kind: "preamble" | "content" | "finish" | "terminator" | "error"
}

/** What providers refuse or fail with. */
export type FailureKind =
  | "rate_limited"
  | "quota_exhausted"
  | "overloaded"
  | "server"
  | "auth"
  | "forbidden"
  | "not_found"
  | "context_length"
  | "filtered"
  | "bad_request"

/** What may be said of a failure. */
export interface FailureDetail {
  /** Default: a sentence such as the provider uses. */
  readonly message?: string | undefined
  /** Seconds that a Gemini error asks to wait in its `RetryInfo`; elsewhere, use a header. */
  readonly retryDelay?: string | undefined
}

/** An error on its way. */
export interface FakeFailure {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body: unknown
}
