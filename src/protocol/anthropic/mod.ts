/**
 * The Anthropic Messages dialect.
 *
 * @module
 */
import type { Dialect } from "../Dialect.ts"
import { parse } from "../json.ts"
import { decode } from "./decode.ts"
import { faultOf } from "./fault.ts"
import { readModels } from "./models.ts"
import { reader } from "./reader.ts"
import { call, counting } from "./spoken.ts"
import { unsupported } from "./unsupported.ts"

/** The Anthropic Messages dialect, as `https://api.anthropic.com` speaks it. */
export const anthropic: Dialect = {
  name: "anthropic",
  unsupported,
  encode: call,
  decode,
  reader,
  fault: (status, _headers, body) => faultOf(parse(body), status),
  modelsPath: "/v1/models?limit=1000",
  readModels,
  counting
}
