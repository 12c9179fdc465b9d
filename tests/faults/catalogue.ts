/**
 * What can go wrong, by the names that the catalogue of faults has for it: what providers do (U), what
 * clients do (C), too much of both (O), what the store does (S), and the process itself (P).
 *
 * @module
 */

/** A row of the catalogue. */
export interface Fault {
  readonly id: string
  readonly what: string
}

const rows = (text: string): ReadonlyArray<Fault> =>
  text.trim().split("\n").map((line) => {
    const [id = "", ...words] = line.trim().split(" ")
    return { id, what: words.join(" ") }
  })

/** Every row that has to have a test. */
export const catalogue: ReadonlyArray<Fault> = rows(`
  U1 The connection is refused
  U2 The provider's name has no address
  U3 TLS fails, or the certificate is not to be trusted
  U4 The connection is accepted, and TLS never begins
  U5 The request is taken, and no head of an answer comes
  U6 The head of the answer drips, byte by byte
  U7 The connection breaks before the answer begins
  U8 A connection that was kept open is gone when it is used again
  U9 429, with or without seconds to wait
  U10 429 with a date, or with milliseconds
  U11 429 with the times at which spent limits are back
  U12 429 with Anthropic's times
  U13 429 with Gemini's RetryInfo, by the minute or by the day
  U14 No quota or money left
  U15 A Retry-After that is hostile or nonsense
  U16 500 once
  U17 502, 503 or 504, again and again
  U18 Overloaded
  U19 Our key is not taken
  U20 The provider does not know the model
  U21 The request is too long for the model
  U22 The content filter refuses
  U23 The request is refused for another reason
  U24 A redirect
  U25 A status that is none, or no HTTP at all
  U26 A page instead of an answer
  U27 200 with an error in it, or with nothing
  U28 JSON that is cut off
  U29 A body or a head that is too large
  U30 A body that is compressed though nobody asked for it
  U31 A stream instead of a whole answer, or the reverse
  U32 The first event of a stream is an error
  U33 A stream that begins, and has no content
  U34 A stream that is cut
  U35 A stream that ends without its end
  U36 A stream that falls silent
  U37 An error in the middle of a stream
  U38 Events that are not JSON
  U39 Events in every framing, split anywhere
  U40 Events of a megabyte, and of more than is read
  U41 What no dialect has: events twice, unknown, or after the end
  U48 Events that drip, byte by byte, or whose checksum is wrong
  C1 The client leaves before the first byte
  C2 The client leaves in the middle of the answer
  C5 A body that is too large, or too short
  C6 JSON that is too deep or too wide
  C7 A body that is not UTF-8, or has a byte order mark
  C8 Keys that stand twice
  C9 Keys that name an object's own parts
  C10 Numbers that are not finite, or not safe
  C11 Sizes and counts without bounds
  C12 Heads that are too large
  C13 Line ends and other scripts in names
  C14 Model names that are paths
  C15 A Host header, or an address, that is not what it seems
  C19 HEAD, OPTIONS, TRACE and other origins
  C20 Bodies of another type, or compressed
  C21 Keys that are missing, wrong, in the address, or two that disagree
  C22 Tokens that are unsigned, forged, expired, or for others
  C23 Tokens that are too long, of unknown keys, or whose keys cannot be had
  C24 A key that may not do what it asks for, and what is somebody else's
  O1 Ten times as many requests as can be served
  O2 A herd at a circuit that is half open
  O3 A storm of retries
  O4 Every candidate is down
  O5 One caller's flood
  O6 A limit of requests, tokens or concurrency is reached
  O7 A request that is larger than its limit ever lets through
  O8 Logs or telemetry that nobody takes
  S1 The disk is full
  S2 The books are locked by another program
  S3 The books are damaged, are none, or are of another version
  S4 The gateway is killed at any moment
  S5 The power goes
  S6 The clock is set
  S7 Midnight, the end of a month, a leap day
  S13 More waits to be written than may
  P1 The gateway is told to stop with streams under way
  P4 A bug in a handler
  P5 The writer of the books dies while others wait for it
  P7 A configuration that is wrong
`)

/** Tests whose names do not begin with their row, by the file that they stand in. */
export const elsewhere: ReadonlyArray<Fault & { readonly file: string }> = [
  [
    "U18",
    "tests/protocol/bedrock/fault_test.ts",
    "an error is what its type says, more than its status"
  ],
  [
    "U18",
    "tests/provider/aws/bedrock_test.ts",
    "each of Bedrock's errors is told as what it is, before an answer and within"
  ],
  [
    "U21",
    "tests/protocol/bedrock/fault_test.ts",
    "what is wrong with a request, its words tell"
  ],
  [
    "U21",
    "tests/protocol/cohere/fault_test.ts",
    "an error's class is told by its status, and by its words where those say more"
  ],
  [
    "U39",
    "tests/protocol/eventstream/messages_test.ts",
    "each message is told once, by its type and its payload"
  ],
  [
    "U48",
    "tests/protocol/eventstream/messages_test.ts",
    "a bit that flipped anywhere ends the stream, and nothing of its message is told"
  ],
  [
    "U48",
    "tests/provider/aws/bedrock_test.ts",
    "a stream that is cut, garbled, corrupted or reset is never whole"
  ],
  ["C19", "tests/api/errors_test.ts", "HEAD is answered as GET, without a body"],
  [
    "C19",
    "tests/api/errors_test.ts",
    "TRACE is refused like every method that is not there"
  ],
  ["C19", "tests/api/errors_test.ts", "every refusal has its status, its code and the envelope"],
  ["C20", "tests/api/errors_test.ts", "every refusal has its status, its code and the envelope"],
  ["C20", "tests/api/errors_test.ts", "a type with parameters is JSON still"],
  [
    "C21",
    "tests/api/authorization_test.ts",
    "every refusal of a credential reads the same, whatever was wrong with it"
  ],
  [
    "C21",
    "tests/api/authorization_test.ts",
    "a key in the address is refused, whatever the headers say"
  ],
  [
    "C21",
    "tests/auth/Authenticator_test.ts",
    "authenticate() refuses headers that disagree, though both keys are good"
  ],
  [
    "C21",
    "tests/auth/Authenticator_test.ts",
    "authenticate() compares in constant time, and for an unknown id as often as for a known"
  ],
  ["C22", "tests/auth/Jwt_test.ts", "verify() refuses a token that is not signed"],
  [
    "C22",
    "tests/auth/Jwt_test.ts",
    "verify() refuses a token signed with the provider's public key as if it were a secret"
  ],
  [
    "C22",
    "tests/auth/Jwt_test.ts",
    "verify() refuses a token whose signature, claims or header were changed"
  ],
  [
    "C22",
    "tests/auth/Jwt_test.ts",
    "verify() refuses a token without exp or sub, or with ones that are none"
  ],
  [
    "C22",
    "tests/auth/Jwt_test.ts",
    "verify() takes a token until 30 seconds after its exp, on the clock of the gateway"
  ],
  ["C22", "tests/auth/Jwt_test.ts", "verify() takes a token whose nbf is up to 30 seconds ahead"],
  [
    "C22",
    "tests/auth/Jwt_test.ts",
    "verify() refuses a token of another issuer or for another audience"
  ],
  [
    "C22",
    "tests/auth/Jwt_test.ts",
    "verify() looks a kid up and nowhere else, whatever path or query it is"
  ],
  [
    "C22",
    "tests/auth/Jwt_test.ts",
    "verify() never asks an address or takes a key that a token brings with it"
  ],
  [
    "C23",
    "tests/auth/Jwt_test.ts",
    "verify() refuses over 8 KiB before it decodes anything, and asks nobody for keys"
  ],
  [
    "C23",
    "tests/auth/RemoteKeys_test.ts",
    "a flood of unknown kids has the provider asked once in 30 seconds"
  ],
  [
    "C23",
    "tests/auth/RemoteKeys_test.ts",
    "with the provider down from the start no token is let in, until it is back"
  ],
  [
    "C23",
    "tests/auth/RemoteKeys_test.ts",
    "with the provider down later the keys hold for 24 hours, and then no token is let in"
  ],
  [
    "C24",
    "tests/api/authorization_test.ts",
    "every route lets in whoever has its scope, and nobody else"
  ],
  [
    "C24",
    "tests/api/native/decisions_test.ts",
    "a request of nobody, or of somebody else, is not there"
  ],
  [
    "P1",
    "tests/process/stop_test.ts",
    "a stream that outlasts drain_seconds is told so, without [DONE], and the exit is 0"
  ],
  [
    "P1",
    "tests/process/stop_test.ts",
    "with nothing under way it stops at once, idle connections or not"
  ],
  ["P4", "tests/api/Door_test.ts", "a defect is 500 INTERNAL_ERROR, and says nothing internal"],
  [
    "P4",
    "tests/api/Door_test.ts",
    "a defect in the middle of a stream ends it with an error event"
  ],
  [
    "P7",
    "tests/config/watchFile_test.ts",
    "half of a file that is being written is not taken up"
  ]
].map(([id = "", file = "", what = ""]) => ({ id, file, what }))
