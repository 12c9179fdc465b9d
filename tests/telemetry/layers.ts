/**
 * The measures by themselves, for tests.
 *
 * @module
 */
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { Supervisor } from "../../src/actor/Supervisor.ts"
import { Meters } from "../../src/telemetry/metrics/Meters.ts"
import { Performance } from "../../src/telemetry/window/Performance.ts"
import { Prometheus } from "../../src/telemetry/prometheus/Prometheus.ts"
import { Telemetry } from "../../src/telemetry/Telemetry.ts"

/** What takes measures and tells of them. */
export const layer = Layer.mergeAll(Performance.layer, Prometheus.layer, Telemetry.layer).pipe(
  Layer.provideMerge(Layer.mergeAll(Meters.layer, Supervisor.layer)),
  Layer.provideMerge(Logger.layer([]))
)
