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
import { Prometheus } from "../telemetry/prometheus/Prometheus.ts"
import { Traces } from "../telemetry/traces/Traces.ts"
import { Telemetry } from "../telemetry/Telemetry.ts"
import { addressOf, prefix } from "./address.ts"
import * as BodyWatch from "./BodyWatch.ts"
import { Caller } from "./Caller.ts"
import { type Answering, exchanged, refused } from "./exchanged.ts"
import * as Gate from "./Gate.ts"
import { generate } from "./native/generate.ts"
import * as Native from "./native/handlers.ts"
import * as NativeStream from "./native/NativeStream.ts"
import * as Pages from "./pages.ts"
import { oneFiber } from "./oneFiber.ts"
import { readBody } from "./readBody.ts"
import { named, rewritten } from "./rewrite.ts"
import { RequestId, requestIdOf } from "./RequestId.ts"
import { failure, toldHeaders } from "./respond.ts"
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

const hot = new Map([[`${prefix}/generate`, false], [`${prefix}/generate/stream`, true]])

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

  const handleHot = (request: Request, requestId: string, route: Route, always: boolean) => {
    const told = nothingTold()
    return run(request, requestId, told, (respond, leave) => {
      let stream: NativeStream.NativeStream | undefined
      let holder: string | undefined
      const end = () => {
        told.stopped = true
        if (stream?.isOpen()) stream.client.fail(shuttingDown)
        else respond(failure(shuttingDown, requestId, toldHeaders(told)))
        leave()
      }
      const slot = underWay.add(end)
      const open = () => stream = NativeStream.make(requestId, told, respond, leave)
      return Effect.flatMap(enter(request, route), (caller) => {
        // Known callers only, each with its share; and before anything of the body is read.
        if (!gate.enter(caller.id)) return Effect.fail(overloaded(random.nextDoubleUnsafe()))
        holder = caller.id
        return generate(
          { gateway, traces, bodyLimits },
          { request, requestId, caller, told },
          always,
          open
        )
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
    run(request, requestId, nothingTold(), () =>
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
    if (address instanceof GatewayError) return refused(address, requestId)
    const found = match(request.method, address.path)
    switch (found._tag) {
      case "NotFound":
        return refused(noRoute(address.path), requestId)
      case "WrongMethod":
        return refused(wrongMethod(found.methods), requestId, { allow: found.methods.join(", ") })
      case "Found": {
        const { route } = found
        const always = hot.get(route.path)
        const response = always === undefined
          ? handleRouted(request, requestId, route, address.path + address.query)
          : handleHot(request, requestId, route, always)
        return { route: route.path, response }
      }
    }
  }

  return Door.of({
    answer: exchanged(yield* Telemetry, yield* Clock.clockWith(Effect.succeed), answer),
    endAnswers: Effect.sync(() => Array.from(underWay, (end) => end()))
  })
})
