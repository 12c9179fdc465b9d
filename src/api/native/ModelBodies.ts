/**
 * What `/models`, `/models/{id}/status` and `/health` answer.
 *
 * @module
 */
import * as Schema from "effect/Schema"
import { CircuitBody } from "./GuardBodies.ts"
import { capabilities } from "../../domain/Model.ts"

/** Whether a model can be used now. */
export const ModelStatus = Schema.Literals(["available", "degraded", "unavailable", "disabled"])

/** One model of `/models`. */
export const ModelBody = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  provider: Schema.String,
  /** What it makes: text, or vectors of texts. */
  type: Schema.Literals(["text", "embedding"]),
  status: ModelStatus,
  /** Why it cannot be used, and what to do about it. */
  reason: Schema.optionalKey(Schema.String),
  /** The model that answers in place of this retired one. */
  alias_of: Schema.optionalKey(Schema.String),
  /** Whether its provider's own list has it; absent where there is none to tell. */
  listed: Schema.optionalKey(Schema.Boolean),
  /** What it is known to do. */
  capabilities: Schema.Array(Schema.Literals(capabilities)),
  /** What it may do or not: nobody tells, and it is not refused for that. Absent where all is known. */
  unknown_capabilities: Schema.optionalKey(Schema.Array(Schema.Literals(capabilities))),
  limits: Schema.Struct({
    /** The most tokens it writes; `null` where unknown. */
    max_tokens: Schema.NullOr(Schema.Natural),
    context_window: Schema.NullOr(Schema.Natural)
  }),
  /** US dollars; `null` where the price is unknown. */
  pricing: Schema.NullOr(Schema.Struct({
    input_per_1k_tokens: Schema.Finite,
    output_per_1k_tokens: Schema.Finite
  }))
})

/** What `/models` answers. */
export const ModelList = Schema.Struct({ models: Schema.Array(ModelBody) })
  .annotate({ identifier: "ModelList" })

/** What `/models/{id}/status` answers. */
export const ModelStatusBody = Schema.Struct({
  model_id: Schema.String,
  status: ModelStatus,
  health: Schema.Literals(["healthy", "degraded", "unhealthy", "unknown"]),
  /** Mean time to a whole answer; `null` before the first. */
  response_time_ms: Schema.NullOr(Schema.Natural),
  /** ISO 8601; `null` before the first request. */
  last_check: Schema.NullOr(Schema.String),
  /** Failed requests in all requests, from 0 to 1, over the last 15 minutes. */
  error_rate: Schema.Finite,
  /** Why it is not available. */
  reason: Schema.optionalKey(Schema.String),
  /** The providers that serve it. */
  deployments: Schema.Array(Schema.Struct({
    id: Schema.String,
    provider: Schema.String,
    enabled: Schema.Boolean,
    circuit: CircuitBody,
    /** Calls under way. */
    in_flight: Schema.Natural,
    /** Moving average of the time to the first token; `null` before the first. */
    latency_ms: Schema.NullOr(Schema.Natural)
  }))
}).annotate({ identifier: "ModelStatus" })

const Service = Schema.Literals(["healthy", "degraded", "unhealthy"])

/** What `/health` answers. */
export const HealthBody = Schema.Struct({
  status: Service,
  timestamp: Schema.String,
  services: Schema.Struct({ llm_service: Service, model_manager: Service, cost_tracker: Service }),
  models: Schema.Struct({
    available: Schema.Natural,
    healthy: Schema.Natural,
    degraded: Schema.Natural,
    unavailable: Schema.Natural
  }),
  /** Those that can be called, as checks and answers show them; `GET /supervision` names them. */
  providers: Schema.Struct({
    healthy: Schema.Natural,
    degraded: Schema.Natural,
    unhealthy: Schema.Natural
  }),
  configuration: Schema.optionalKey(Schema.Struct({
    /** Grows by one with every change. */
    version: Schema.Natural,
    /** That something is wrong with it, and where that is told; absent where nothing is. */
    fault: Schema.optionalKey(Schema.String)
  }))
}).annotate({ identifier: "Health" })
