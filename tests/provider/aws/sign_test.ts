import { assert, assertEquals } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { signing } from "../../../src/provider/aws/sign.ts"
import type { UpstreamRequest } from "../../../src/provider/Egress.ts"
import { law, test } from "../../kit/effect.ts"
import { claimOf, isSigned } from "../../kit/fake/awsSignature.ts"
import { utf8 } from "../../kit/replay.ts"

const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

const credentials = {
  accessKeyId: Redacted.make("AKIDEXAMPLE"),
  secretAccessKey: Redacted.make(secret),
  service: "service",
  region: "us-east-1"
}

const noSend = () => Effect.die("nothing is sent")

const signed = (request: UpstreamRequest, more: object = {}) =>
  signing({ ...credentials, ...more })(request, noSend, new AbortController().signal)

/** The time of Amazon's test suite: 2015-08-30T12:36:00Z. */
const suiteTime = TestClock.setTime(1_440_938_160_000)

const authorizationOf = (request: UpstreamRequest) =>
  Effect.map(signed(request), ({ headers }) => headers["authorization"])

test("a request of Amazon's test suite has the signature that the suite says", () =>
  Effect.gen(function* () {
    yield* suiteTime
    const scope = "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request"
    const expected = {
      // "get-vanilla" and "post-vanilla".
      GET: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
      POST: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
    } as const
    for (const method of ["GET", "POST"] as const) {
      const request = { method, url: "https://example.amazonaws.com/", headers: {} }
      assertEquals(
        yield* authorizationOf(request),
        `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, ` +
          `Signature=${expected[method]}`
      )
    }
  }))

/** A request as it arrives: with the host that `fetch` adds. */
const arrived = ({ method, url, headers, body = "" }: UpstreamRequest) => {
  const { host, pathname, search } = new URL(url)
  return {
    method,
    path: pathname + search,
    headers: new Headers({ ...headers, host }),
    bytes: utf8(body)
  }
}

const post: UpstreamRequest = {
  method: "POST",
  url: "https://bedrock-runtime.us-east-1.amazonaws.com/model/arn%3Aaws%3Ax%2Fy%3A0/converse",
  headers: { "content-type": "application/json", "accept-encoding": "identity" },
  body: '{"messages":"ü"}'
}

test("a signature holds for what was signed, and for nothing else", () =>
  Effect.gen(function* () {
    yield* suiteTime
    const sessionToken = Redacted.make("session/token+==")
    const request = yield* signed(post, { sessionToken, service: "bedrock" })
    const came = arrived(request)
    assert(isSigned(came, secret))
    assert(!isSigned(came, `${secret}x`))
    assert(!isSigned({ ...came, bytes: utf8('{"messages":"u"}') }, secret))
    assert(!isSigned({ ...came, method: "GET" }, secret))
    assert(!isSigned({ ...came, path: came.path.replace("converse", "invoke") }, secret))
    const other = new Headers(came.headers)
    other.set("x-amz-security-token", "another")
    assert(!isSigned({ ...came, headers: other }, secret))
    const claim = claimOf(came.headers)
    assertEquals([claim?.service, claim?.region, claim?.date], ["bedrock", "us-east-1", "20150830"])
    assertEquals(claim?.signedHeaders, ["host", "x-amz-date", "x-amz-security-token"])
  }))

test("all else of a request stays as it was, and the secret is nowhere in it", () =>
  Effect.gen(function* () {
    const request = yield* signed(post)
    assertEquals([request.method, request.url, request.body], [post.method, post.url, post.body])
    assertEquals({ ...request.headers, ...post.headers }, request.headers)
    assert(!JSON.stringify(request).includes(secret))
  }))

test("each request is signed with the time that it is, also on the next day", () =>
  Effect.gen(function* () {
    const sign = signing(credentials)
    for (const time of ["2026-11-23T23:59:59.999Z", "2026-11-24T00:00:00.000Z"]) {
      yield* TestClock.setTime(Date.parse(time))
      const request = yield* sign(post, noSend, new AbortController().signal)
      const expected = time.replace(/[:-]|\.\d+/g, "")
      assertEquals(request.headers["x-amz-date"], expected)
      assert(isSigned(arrived(request), secret), time)
    }
  }))

law(
  "whatever is asked, the signature is the one that the specification says",
  Schema.Struct({
    model: Schema.String.check(Schema.isMinLength(1)),
    body: Schema.String,
    token: Schema.Literals(["", "abc/def+=="])
  }),
  ({ model, body, token }) => {
    const name = encodeURIComponent(model.toWellFormed())
    const request: UpstreamRequest = {
      method: "POST",
      url: `http://127.0.0.1:8080/model/${name}/converse`,
      headers: {},
      body: body.toWellFormed()
    }
    const more = token === "" ? {} : { sessionToken: Redacted.make(token) }
    return Effect.map(signed(request, more), (request) => isSigned(arrived(request), secret))
  }
)
