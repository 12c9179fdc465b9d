/**
 * The listening socket, and what happens when it fails or is told to stop.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Door } from "./Door.ts"

/** The address cannot be listened on. */
export class CannotListen extends Data.TaggedError("CannotListen")<{
  readonly message: string
}> {}

/** Where to listen, and how long to let answers end. */
export interface ListenerSettings {
  readonly host: string
  readonly port: number
  readonly drainMs: number
}

/** The listening socket: open as long as the layer lives. */
export class Listener extends Context.Service<Listener, {
  /** Such as `http://127.0.0.1:8000`. */
  readonly url: string
}>()("penstock/api/Listener") {
  static readonly layer = (settings: ListenerSettings) =>
    Layer.effect(
      Listener,
      Effect.gen(function* () {
        const door = yield* Door
        const first = yield* open(settings, door)
        const port = first.addr.port
        let server = first
        const stopping = yield* Deferred.make<void>()

        // Out of file descriptors, the runtime gives the socket up; connections that are open live on.
        const keepOpen = Effect.gen(function* () {
          while (true) {
            const failure = yield* Effect.flip(Effect.tryPromise(() => server.finished)).pipe(
              Effect.catch(() => Effect.never)
            )
            yield* Effect.logError(`Cannot accept connections: ${String(failure.cause)}`)
            yield* Effect.sleep("100 millis")
            const again = yield* Effect.option(open({ ...settings, port }, door))
            if (again._tag === "Some") server = again.value
          }
        })
        yield* Effect.forkScoped(Effect.raceFirst(keepOpen, Deferred.await(stopping)))

        yield* Effect.addFinalizer(() =>
          Effect.gen(function* () {
            yield* Deferred.succeed(stopping, undefined)
            yield* Effect.promise(() => server.shutdown()).pipe(
              Effect.timeoutOrElse({
                duration: settings.drainMs,
                orElse: () =>
                  Effect.andThen(
                    door.endAnswers,
                    Effect.timeoutOption(Effect.promise(() => server.shutdown()), "1 second")
                  )
              })
            )
          })
        )
        return {
          url: `http://${
            settings.host.includes(":") ? `[${settings.host}]` : settings.host
          }:${port}`
        }
      })
    )
}

const open = ({ host, port }: ListenerSettings, door: Door["Service"]) =>
  Effect.try({
    try: () =>
      Deno.serve({ hostname: host, port, onListen: () => {}, onError: broken }, door.answer),
    catch: (cause) =>
      new CannotListen({
        message: `Cannot listen on ${host}:${port}: ${
          cause instanceof Deno.errors.AddrInUse
            ? "something else does already. Set PORT to another"
            : cause instanceof Error
            ? cause.message
            : "the reason is not known"
        }`
      })
  })

/** Only a defect in the door itself comes here. */
const broken = () => new Response(null, { status: 500 })
