import { assertEquals } from "@std/assert"
import { HttpError } from "../../src/http/HttpError.ts"
import { bodyFault, networkFault } from "../../src/provider/networkFault.ts"

/** What the runtime says, as Deno 2.9 says it. */
const sayings: ReadonlyArray<readonly [says: string, kind: string]> = [
  ["client error (Connect): dns error: failed to lookup address information", "dns"],
  ["client error (Connect): tcp connect error: Connection refused (os error 111)", "connect"],
  ["client error (Connect): tls handshake eof", "tls"],
  ["client error (Connect): invalid peer certificate: UnknownIssuer", "tls"],
  ["client error (Connect): invalid peer certificate: Expired", "tls"],
  ["tcp connect error: No route to host (os error 113)", "connect"],
  [`Requires net access to "169.254.1.1:80"`, "connect"],
  ["connection closed before message completed", "reset"],
  ["connection error: Connection reset by peer (os error 104)", "reset"],
  ["invalid HTTP version parsed", "bad_response"],
  ["invalid HTTP status-code parsed", "bad_response"],
  ["tcp connect error: Connection timed out (os error 110)", "connect"],
  ["operation timed out", "timeout_connect"],
  ["something that nobody has ever heard of", "reset"]
]

for (const [says, kind] of sayings) {
  Deno.test(`networkFault() takes for ${kind}: ${says}`, () => {
    const cause = new TypeError("fetch failed", { cause: new Error(says) })
    const fault = networkFault(cause)
    assertEquals(fault.class, kind)
    // The runtime's words may hold an address: ours are told.
    assertEquals(fault.message.includes(says), false)
    assertEquals(networkFault(new TypeError(says)).class, kind)
  })
}

Deno.test("networkFault() is not misled by the address, or by what is no error", () => {
  const says = "error sending request for url (https://tls-handshake.dns-error/timeout): reset"
  assertEquals(networkFault(new TypeError(says)).class, "reset")
  for (const cause of [undefined, null, "dns error", { message: "dns error" }]) {
    assertEquals(networkFault(cause).class, "reset")
  }
})

Deno.test("bodyFault() tells what cannot be decoded from what broke off", () => {
  assertEquals(
    bodyFault(new TypeError("corrupt deflate stream"), "stream_cut").class,
    "bad_response"
  )
  for (const broken of ["stream_cut", "bad_response"] as const) {
    const cause = new TypeError("error reading a body from connection")
    assertEquals(bodyFault(cause, broken).class, broken)
    // TLS that was garbled on its way says "corrupt" too.
    const garbled = new HttpError({ why: "cut", cause: new Error("received corrupt message") })
    assertEquals(bodyFault(garbled, broken).class, broken)
  }
})
