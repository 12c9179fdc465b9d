/**
 * The Anthropic Messages dialect.
 *
 * @module
 */
import type { Dialect } from "../Dialect.ts"
import { array, object, parse, string } from "../json.ts"
import { decode } from "./decode.ts"
import { encode } from "./encode.ts"
import { faultOf } from "./fault.ts"
import { reader } from "./reader.ts"
import { unsupported } from "./unsupported.ts"

/** The Anthropic Messages dialect, as `https://api.anthropic.com` speaks it. */
export const anthropic: Dialect = {
  name: "anthropic",
  unsupported,
  encode,
  decode,
  reader,
  fault: (status, _headers, body) => faultOf(parse(body), status),
  modelsPath: "/v1/models?limit=1000",
  readModels: (body) =>
    array(object(body)?.data).flatMap((model) => {
      const id = string(object(model)?.id)
      return id ? [{ id }] : []
    })
}
