/**
 * A certificate that nobody should trust: self-signed, and for another host. The key guards nothing.
 *
 * @module
 */

const pem = (label: string, base64: string): string =>
  `-----BEGIN ${label}-----\n${base64.match(/.{1,64}/g)!.join("\n")}\n-----END ${label}-----\n`

/** The certificate with its key, for `another-host.invalid`; it does not expire in our lifetime. */
export const certificate = {
  key: pem(
    "PRIVATE KEY",
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgztmZ4QPx6OBna0picI1JPyskU/YZuGx1El87" +
      "xF662+GhRANCAARAc1EBfIhfpoFIt/iNcWDZFvFIgA+4X20hjHMwGSiS4vJLeYwUiGBA2GLSjWGL0vRCzNI5" +
      "N+3jqH5ndXOic2Wk"
  ),
  cert: pem(
    "CERTIFICATE",
    "MIIBtjCCAVygAwIBAgIUB0LHGL0Rphdijmi+P47Z4/iBE9owCgYIKoZIzj0EAwIwHzEdMBsGA1UEAwwUYW5v" +
      "dGhlci1ob3N0LmludmFsaWQwIBcNMjYxMTIyMjMyNTQwWhgPMjEyNjEwMjkyMzI1NDBaMB8xHTAbBgNVBAMM" +
      "FGFub3RoZXItaG9zdC5pbnZhbGlkMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQHNRAXyIX6aBSLf4jXFg" +
      "2RbxSIAPuF9tIYxzMBkokuLyS3mMFIhgQNhi0o1hi9L0QszSOTft46h+Z3VzonNlpKN0MHIwHQYDVR0OBBYE" +
      "FA9i3mhMrhR+2S6OprO9rEsvwk+FMB8GA1UdIwQYMBaAFA9i3mhMrhR+2S6OprO9rEsvwk+FMA8GA1UdEwEB" +
      "/wQFMAMBAf8wHwYDVR0RBBgwFoIUYW5vdGhlci1ob3N0LmludmFsaWQwCgYIKoZIzj0EAwIDSAAwRQIgOCZ4" +
      "a23rTuz9e8qfVCBCw0ALWYYW96du2EOT2GD4jy0CIQDd6sKpefXwAs1cTjpw3c1ZY0KBEWe7EyQatjVUxlbL" +
      "cQ=="
  )
}
