/**
 * `POST /generate` and `POST /generate/stream`: the hot routes, on one fiber each.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { type GatewayError, invalidRequest } from "../../domain/GatewayError.ts"
import type { Gateway } from "../../gateway/Gateway.ts"
import { readBody } from "../readBody.ts"
import { json } from "../respond.ts"
import { GenerateRequest } from "./GenerateRequest.ts"
import { toResponse } from "./GenerateResponse.ts"
import type { NativeStream } from "./NativeStream.ts"
import { toDomain, wantsStream } from "./toDomain.ts"

/** What a hot route works with. */
export interface Tools {
  readonly gateway: Gateway["Service"]
  /** The largest body that is read. */
  readonly bodyBytes: number
}

/** Answers in one piece, or over `stream` where the route or the request wants that. */
export const generate = Effect.fnUntraced(function* (
  { gateway, bodyBytes }: Tools,
  request: Request,
  requestId: string,
  alwaysStream: boolean,
  stream: () => NativeStream
): Effect.fn.Return<Response | undefined, GatewayError> {
  const native = yield* decode(yield* readBody(request, bodyBytes))
  const domain = toDomain(native)
  if (alwaysStream || wantsStream(native)) {
    yield* gateway.stream(domain, stream().client)
    return undefined
  }
  return json(toResponse(requestId, yield* gateway.generate(domain)), requestId)
})

const toNative = Schema.decodeUnknownEffect(GenerateRequest, {
  errors: "all",
  onExcessProperty: "error"
})
const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

const decode = (body: unknown): Effect.Effect<GenerateRequest, GatewayError> =>
  Effect.mapError(toNative(body), ({ issue }) => {
    const issues = issuesOf(issue).issues.map(({ path = [], message }) => ({
      path: path.map((key) => typeof key === "number" ? key : String(key)),
      message: message === "Expected no excess property" ? "There is no such field" : message
    }))
    const [first] = issues
    return invalidRequest(
      first
        ? `The request is not valid: ${first.path.join(".") || "body"}: ${first.message}` +
          (issues.length > 1 ? `, and ${issues.length - 1} more` : "")
        : "The request is not valid",
      { issues }
    )
  })
