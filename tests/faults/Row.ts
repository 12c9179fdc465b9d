/**
 * What a row of the fault matrix says: what the provider does, and what the client must see of it.
 *
 * @module
 */
import type { DialectName } from "../../src/domain/Message.ts"
import type { RecordedCall, Script } from "../kit/FakeProvider.ts"

/** Where the provider of a row is. */
export type Place =
  /** The fake provider, set up by the catalogue's environment variables. */
  | "fake"
  /** The same, as a provider of the operator's own whose key looks like no key. */
  | "own"
  | "refused"
  | "unknownHost"
  /** TLS with a certificate that nobody should trust. */
  | "untrusted"
  /** Speaks plain HTTP where TLS is expected. */
  | "plain"
  /** Accepts connections and never says a word, where TLS is expected. */
  | "deaf"
  /** Speaks first, and not HTTP. */
  | "ssh"

/** A fault of `FAULTS.md`, and what comes of it. */
export interface Row {
  readonly id: `U${number}`
  readonly what: string
  /** How the fake provider treats the call; `elsewhere` is another fake's address. Default: well. */
  readonly script?: Script | ((call: RecordedCall, elsewhere: string) => Script)
  /** Default: `fake`. */
  readonly at?: Place
  /** On the gateway whose time limits are short. Default: false. */
  readonly hasty?: boolean
  /** Where the fault is only known in these. Default: all. */
  readonly dialects?: ReadonlyArray<DialectName>
  /** Where the fault cannot be said, and why. Default: nowhere. */
  readonly without?: { readonly [D in DialectName]?: string }
  /** Make a good call before, so that the call itself finds an open connection. Default: false. */
  readonly warm?: boolean
  /**
   * A call is sent once more, on a new connection, where the one that was kept for it ended before a
   * byte of an answer. Default: false.
   */
  readonly resent?: boolean
  /** How often the provider is asked where it may be asked again. Default: once. */
  readonly asks?: 2
  /** Who may answer in its place. Default: `anybody`. */
  readonly rescue?: "anybody" | "larger window" | "nobody"
  /** How calls for the model are refused from then on, unasked. Default: they are answered. */
  readonly held?: Held
  /** Whether no connection to the provider may stay open, not even an idle one. Default: false. */
  readonly closes?: boolean
  /** What must not be in what the client sees, besides what never may. */
  readonly hidden?: ReadonlyArray<string>
  /** What `/generate` answers; absent where the fault is one of streams only. */
  readonly whole?: Seen
  /** What `/generate/stream` answers; absent where the fault is one of whole answers only. */
  readonly streamed?: Seen
}

/** What a client sees. */
export type Seen = Refusal | Broken | Good

/** An error with a status of its own. */
export interface Refusal {
  readonly kind: "refusal"
  readonly status: number
  readonly code: "MODEL_UNAVAILABLE" | "INVALID_REQUEST"
  readonly reason: string
  /** `details.fault`; absent where the request itself is at fault. */
  readonly fault: string | undefined
  /** `details.retry_after` and `Retry-After`; absent where it says neither. */
  readonly retryAfter: Seconds | undefined
  /** Whether a client that repeats failed requests by itself is told not to. */
  readonly isFinal: boolean
}

/** Whole seconds, or the least and the most. */
export type Seconds = number | readonly [number, number]

/** A provider that is left alone for a while. */
export interface Held {
  readonly reason: "rate_limit_exceeded" | "provider_error"
  readonly seconds: Seconds
}

/** Content, and then an error event instead of an end. */
export interface Broken {
  readonly kind: "broken"
  readonly text: string
  readonly reason: string
  readonly fault: string
  /** Comments were sent while the provider was silent. Default: not looked at. */
  readonly keptAlive?: boolean
}

/** A whole answer. */
export interface Good {
  readonly kind: "good"
  readonly text: string
  readonly finish: string
}

/** Nobody answers: the provider's fault. */
export const unavailable = (
  status: number,
  reason: "provider_error" | "timeout" | "rate_limit_exceeded",
  fault: string,
  { retryAfter, isFinal = true }: Partial<Pick<Refusal, "retryAfter" | "isFinal">> = {}
): Refusal => ({
  kind: "refusal",
  status,
  code: "MODEL_UNAVAILABLE",
  reason,
  fault,
  retryAfter,
  isFinal
})

/** The provider failed in the way that `fault` says. */
export const failed = (fault: string): Refusal => unavailable(502, "provider_error", fault)

/** Too late. */
export const late: Refusal = unavailable(504, "timeout", "upstream_timeout")

/** The provider's rate limit is reached. */
export const limited = (retryAfter?: Seconds): Refusal =>
  unavailable(503, "rate_limit_exceeded", "upstream_rate_limited", { retryAfter, isFinal: false })

/** The provider has more to do than it can. */
export const overloaded = (retryAfter?: Seconds): Refusal =>
  unavailable(503, "provider_error", "upstream_overloaded", { retryAfter, isFinal: false })

/** The request cannot be answered as it is. */
export const invalid = (status: number, reason: string): Refusal => ({
  kind: "refusal",
  status,
  code: "INVALID_REQUEST",
  reason,
  fault: undefined,
  retryAfter: undefined,
  isFinal: true
})

/** What a call is told while its provider is left alone. */
export const left = ({ reason, seconds }: Held): Refusal => ({
  kind: "refusal",
  status: 503,
  code: "MODEL_UNAVAILABLE",
  reason,
  fault: undefined,
  retryAfter: seconds,
  isFinal: false
})

/** The provider asked for a pause. */
export const cooling = (seconds: Seconds): Held => ({ reason: "rate_limit_exceeded", seconds })

/** The provider does not take our key: for ten minutes. */
export const parked: Held = { reason: "provider_error", seconds: 600 }

/** `text`, and then an end that is none. */
export const broken = (
  text: string,
  fault = "upstream_stream_interrupted",
  reason = "provider_error"
): Broken => ({ kind: "broken", text, reason, fault })

/** What the fakes answer where they are not told otherwise. */
export const greeting = "Hello, dear reader"

/** A whole answer; by default, the fakes' own. */
export const good = (text = greeting, finish = "stop"): Good => ({ kind: "good", text, finish })

/** The same for both. */
export const both = (seen: Seen): Pick<Row, "whole" | "streamed"> => ({
  whole: seen,
  streamed: seen
})
