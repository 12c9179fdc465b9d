/**
 * The door: every request comes in here, is told where it goes, proves who it is, and is answered.
 *
 * @module
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Slots from "../actor/Slots.ts"
import { Authenticator } from "../auth/Authenticator.ts"
import { credentialInAddress } from "../auth/credential.ts"
import { requireScope } from "../auth/errors.ts"
import { GatewayError } from "../domain/GatewayError.ts"
import { anybody, type Principal } from "../domain/Principal.ts"
import { nothingTold } from "../gateway/Ask.ts"
import { Gateway } from "../gateway/Gateway.ts"
import { ModelReport } from "../routing/ModelReport.ts"
import { Prometheus } from "../telemetry/prometheus/Prometheus.ts"
import { Traces } from "../telemetry/traces/Traces.ts"
import { Telemetry } from "../telemetry/Telemetry.ts"
import { addressOf } from "./address.ts"
import * as BodyWatch from "./BodyWatch.ts"
import { Caller } from "./Caller.ts"
import { type Answering, exchanged, refused } from "./exchanged.ts"
import * as Gate from "./Gate.ts"
import * as Native from "./native/handlers.ts"
import { native } from "./native/surface.ts"
import * as Pages from "./pages.ts"
import { oneFiber } from "./oneFiber.ts"
import { readBody } from "./readBody.ts"
import { named, rewritten } from "./rewrite.ts"
import { RequestId, requestIdOf } from "./RequestId.ts"
import * as SseStream from "./SseStream.ts"
import { surfaceFor, surfaceOf } from "./surfaceOf.ts"
import type { Call, ThinRoute, ThinTools } from "./ThinRoute.ts"
import { errorOf, noRoute, overloaded, shuttingDown, wrongMethod } from "./refuse.ts"
import { match, type Route } from "./routes.ts"
import { toGatewayError } from "./toGatewayError.ts"

/** What answers HTTP requests. */
export class Door extends Context.Service<Door, {
  readonly answer: (request: Request) => Promise<Response>
  /** Ends the answers that are still under way, each with an error that says so. */
  readonly endAnswers: Effect.Effect<void>
}>()("penstock/api/Door") {
  static readonly layer = (settings: DoorSettings) => Layer.effect(Door, make(settings))
}

/** What the door has to be told. */
export interface DoorSettings {
  /** The largest body that is read. */
  readonly bodyBytes: number
  /** How long a body may take to come in, in milliseconds. */
  readonly bodyMs: number
  /** Requests for an answer under way at once; the next is turned away. One caller holds at most half. */
  readonly requestsAtOnce: number
}

const make = Effect.fnUntraced(function* ({ bodyBytes, bodyMs, requestsAtOnce }: DoorSettings) {
  const authenticator = yield* Authenticator
  const gateway = yield* Gateway
  const traces = yield* Traces
  const random = yield* Random.Random
  const context = yield* Effect.context<Native.Needed>()
  const run = oneFiber(Effect.runForkWith(context))
  const prometheus = yield* Prometheus
  const pages = Pages.make(() => Effect.runPromiseWith(context)(prometheus.scrape))
  const routed = HttpRouter.toWebHandler(
    Native.layer.pipe(Layer.provide([Layer.succeedContext(context), HttpServer.layerServices])),
    { disableLogger: true }
  )
  yield* Effect.addFinalizer(() =>
    Effect.promise(() => Promise.all([routed.dispose(), pages.dispose()]))
  )
  const bodyLimits = { bytes: bodyBytes, watch: yield* BodyWatch.make(bodyMs) }
  const gate = Gate.make(requestsAtOnce)
  const tools: ThinTools = {
    gateway,
    traces,
    bodyLimits,
    reports: yield* ModelReport
  }
  /** How to end each answer that is under way. */
  const underWay = Slots.make<() => void>()

  /** Who the caller is, once it may use the route. */
  const enter = (request: Request, { needs }: Route): Effect.Effect<Principal, GatewayError> => {
    if (needs === "nothing") return Effect.succeed(anybody)
    const misplaced = credentialInAddress(request.url)
    if (misplaced) return Effect.fail(toGatewayError(misplaced))
    return authenticator.authenticate(request.headers).pipe(
      Effect.flatMap((principal) => Effect.as(requireScope(principal, needs), principal)),
      Effect.mapError(toGatewayError)
    )
  }

  const handleThin = (
    request: Request,
    requestId: string,
    route: Route,
    thin: ThinRoute,
    place: Pick<Call, "params" | "query">
  ) => {
    const { handle, takesBody } = thin
    const surface = surfaceFor(thin, request)
    const told = nothingTold()
    return run(surface, request, requestId, told, (respond, leave) => {
      let stream: SseStream.SseStream | undefined
      let holder: string | undefined
      const headers = () => surface.headers(told, requestId)
      const end = () => {
        told.stopped = true
        if (stream?.isOpen()) stream.client.fail(shuttingDown)
        else respond(surface.failure(shuttingDown, requestId, headers()))
        leave()
      }
      const slot = underWay.add(end)
      const opened = {
        respond,
        leave,
        headers: () => ({ "x-request-id": requestId, ...headers() })
      }
      return Effect.flatMap(enter(request, route), (caller) => {
        // Known callers only, each with its share; and before anything of the body is read.
        if (takesBody && !gate.enter(caller.id)) {
          return Effect.fail(overloaded(random.nextDoubleUnsafe()))
        }
        if (takesBody) holder = caller.id
        return handle(tools, {
          ...place,
          request,
          requestId,
          caller,
          told,
          stream: (events) => stream = SseStream.make(events, opened)
        })
      }).pipe(
        Effect.onExit((exit) =>
          Effect.sync(() => {
            underWay.remove(slot, end)
            if (holder !== undefined) gate.leave(holder)
            // Its status is sent already: that it broke off can only be told in the stream.
            if (stream?.isOpen() && Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)) {
              stream.client.fail(errorOf(exit.cause))
            }
          })
        )
      )
    })
  }

  const handleRouted = (request: Request, requestId: string, route: Route, target: string) =>
    run(native, request, requestId, nothingTold(), () =>
      Effect.gen(function* () {
        const caller = yield* enter(request, route)
        const body = route.takesBody ? yield* readBody(request, bodyLimits) : undefined
        return yield* Effect.promise(() =>
          pages.get(route.path) ?? routed.handler(
            rewritten(request, route.method, target, body),
            Context.make(RequestId, requestId).pipe(Context.add(Caller, caller))
          )
        )
      })).then((response) => named(response, requestId, request.method === "HEAD"))

  const answer = (request: Request): Answering => {
    const requestId = requestIdOf(request)
    const address = addressOf(request)
    if (address instanceof GatewayError) return refused(native, address, requestId)
    const { path, query } = address
    const found = match(request.method, path)
    switch (found._tag) {
      case "NotFound":
        return refused(surfaceOf(path, request), noRoute(path), requestId)
      case "WrongMethod": {
        const allow = found.methods.join(", ")
        return refused(surfaceOf(path, request), wrongMethod(found.methods), requestId, { allow })
      }
      case "Found": {
        const { params, route } = found
        const place = { params, query: new URLSearchParams(query) }
        const response = route.thin
          ? handleThin(request, requestId, route, route.thin, place)
          : handleRouted(request, requestId, route, path + query)
        return { route: route.path, response }
      }
    }
  }

  return Door.of({
    answer: exchanged(yield* Telemetry, yield* Clock.clockWith(Effect.succeed), answer),
    endAnswers: Effect.sync(() => Array.from(underWay, (end) => end()))
  })
})
