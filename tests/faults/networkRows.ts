/**
 * U1 to U8: what goes wrong before there is an answer.
 *
 * @module
 */
import {
  answer,
  drippedHead,
  hangUp,
  raw,
  reset,
  silence,
  unknownHostUrl
} from "../kit/FakeProvider.ts"
import { both, failed, good, late, type Row } from "./Row.ts"
import { answerAndHangUp } from "./scripts.ts"

/**
 * Whether the tests may ask name servers. Where they may not, the runtime refuses: a client sees the
 * same, but the gateway takes it for an address that cannot be reached, and tries twice.
 */
export const mayResolve =
  Deno.permissions.querySync({ name: "net", host: new URL(unknownHostUrl).host }).state ===
    "granted"

/** U1 to U8. */
export const networkRows: ReadonlyArray<Row> = [
  {
    id: "U1",
    what: "nobody listens",
    at: "refused",
    asks: 2,
    ...both(failed("upstream_unreachable"))
  },
  {
    id: "U2",
    what: "the name has no address",
    at: "unknownHost",
    ...both(failed("upstream_unreachable"))
  },
  {
    id: "U3",
    what: "a certificate that nobody signed",
    at: "untrusted",
    ...both(failed("upstream_tls_error"))
  },
  {
    id: "U3",
    what: "no TLS where TLS is expected",
    at: "plain",
    ...both(failed("upstream_tls_error"))
  },
  {
    id: "U4",
    what: "silence instead of TLS",
    at: "deaf",
    hasty: true,
    ...both(late)
  },
  { id: "U5", what: "no head", script: silence, hasty: true, closes: true, ...both(late) },
  {
    id: "U6",
    what: "a head that drips",
    script: drippedHead(20),
    hasty: true,
    closes: true,
    ...both(late)
  },
  {
    id: "U7",
    what: "RST before the head",
    script: reset,
    asks: 2,
    resent: true,
    closes: true,
    ...both(failed("upstream_reset"))
  },
  {
    id: "U7",
    what: "FIN before the head",
    script: hangUp,
    asks: 2,
    resent: true,
    closes: true,
    ...both(failed("upstream_reset"))
  },
  {
    id: "U7",
    what: "FIN within the head",
    script: raw("HTTP/1.1 200 OK\r\ncontent-ty"),
    asks: 2,
    closes: true,
    ...both(failed("upstream_reset"))
  },
  {
    id: "U8",
    what: "an idle connection that was closed",
    script: answerAndHangUp,
    warm: true,
    closes: true,
    ...both(good())
  },
  {
    id: "U8",
    what: "an idle connection that closes as it is used again",
    script: ({ nthOnConnection }) => nthOnConnection > 1 ? hangUp : answer(),
    warm: true,
    resent: true,
    ...both(good())
  }
]
