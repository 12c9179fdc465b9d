/**
 * A call as the fake provider saw it.
 *
 * @module
 */
import type { DialectName } from "../../../src/domain/Message.ts"
import type { RawRequest } from "../RawServer.ts"

/** A call as the fake provider saw it. */
export interface RecordedCall extends Omit<RawRequest, "body"> {
  /** Counted from 1, apart for generations, lists of models, and strays. */
  readonly number: number
  /** `unknown` for a path that no dialect has: such a call is answered with 404. */
  readonly operation: "generate" | "models" | "unknown"
  readonly dialect: DialectName
  /** The parsed JSON body; empty where it is none. */
  readonly body: Readonly<Record<string, unknown>>
  /** The body as it came. */
  readonly bytes: Uint8Array
  /** The model that was asked for, from the body or the path. */
  readonly model: string
  /** Whether a stream was asked for. */
  readonly stream: boolean
  /** When it was whole, as `performance.now()`. */
  readonly receivedAt: number
}

/** Reads what a request asks for from its path, headers and body. */
export const recognise = (request: RawRequest): Omit<RecordedCall, "number"> => {
  const { pathname } = new URL(request.path, "http://fake")
  const body = parse(request.body)
  const asked = {
    ...request,
    body,
    bytes: request.body,
    model: typeof body.model === "string" ? body.model : "",
    stream: body.stream === true,
    receivedAt: performance.now()
  }
  const gemini = /\/models\/([^/]+):(generateContent|streamGenerateContent)$/.exec(pathname)
  if (request.method === "POST" && gemini) {
    const stream = gemini[2] === "streamGenerateContent"
    const model = decodeURIComponent(gemini[1]!)
    return { ...asked, operation: "generate", dialect: "gemini", model, stream }
  }
  const bedrock = /\/model\/([^/]+)\/converse(-stream)?$/.exec(pathname)
  if (request.method === "POST" && bedrock) {
    const model = decodeURIComponent(bedrock[1]!)
    const stream = bedrock[2] !== undefined
    return { ...asked, operation: "generate", dialect: "bedrock", model, stream }
  }
  if (request.method === "POST" && pathname.endsWith("/chat/completions")) {
    return { ...asked, operation: "generate", dialect: "openai" }
  }
  if (request.method === "POST" && pathname.endsWith("/v1/messages")) {
    return { ...asked, operation: "generate", dialect: "anthropic" }
  }
  if (request.method === "POST" && pathname.endsWith("/v2/chat")) {
    return { ...asked, operation: "generate", dialect: "cohere" }
  }
  const dialect = pathname.includes("/v1beta/")
    ? "gemini"
    : request.headers.has("anthropic-version")
    ? "anthropic"
    : "openai"
  const listed = request.method === "GET" && pathname.endsWith("/models")
  return { ...asked, operation: listed ? "models" : "unknown", dialect }
}

const parse = (bytes: Uint8Array): Readonly<Record<string, unknown>> => {
  try {
    return Object(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    return {}
  }
}
