/**
 * The dialect of Amazon Bedrock's Converse API.
 *
 * @module
 */
import type { Dialect } from "../Dialect.ts"
import { array, object, parse, string } from "../json.ts"
import { counting } from "./counting.ts"
import { decode } from "./decode.ts"
import { embeddings } from "./embeddings.ts"
import { encode } from "./encode.ts"
import { errorType, faultOf } from "./fault.ts"
import { reader } from "./reader.ts"
import { unsupported } from "./unsupported.ts"

/** Amazon Bedrock's Converse and ConverseStream, as `https://bedrock-runtime.REGION.amazonaws.com` speaks them. */
export const bedrock: Dialect = {
  name: "bedrock",
  framing: "eventstream",
  unsupported,
  encode,
  decode,
  reader,
  fault: (status, headers, text) => {
    const body = parse(text)
    return faultOf(errorType(headers, body), body, status)
  },
  // Not where Converse is: the list is kept by Bedrock's control plane, at another host.
  modelsPath: "/foundation-models",
  readModels: (body) =>
    array(object(body)?.modelSummaries).flatMap((model) => {
      const id = string(object(model)?.modelId)
      return id ? [{ id }] : []
    }),
  embeddings,
  counting
}
