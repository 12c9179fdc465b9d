import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import type { JwtVerifier } from "../../src/auth/Jwt.ts"
import { test } from "../kit/effect.ts"
import {
  goodClaims,
  identityProvider,
  showing,
  sign,
  signingKey,
  trusting,
  verifier,
  withLog
} from "./identityProvider.ts"

const now = await signingKey("ES256", "now")
const next = await signingKey("ES256", "next")
const unknown = await signingKey("ES256", "unknown")
const lasting = { ...goodClaims, exp: 1e9 }
const down = () => new Response("<h1>Sorry</h1>", { status: 503 })

const unavailable = (jwt: JwtVerifier, token: string) =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(jwt.verify(token))
    assertEquals(error._tag, "AuthUnavailable")
    if (error._tag !== "AuthUnavailable") throw error
    assert(error.retryAfterSeconds >= 1 && error.retryAfterSeconds <= 30)
    return error
  })

/** A flood of `count` tokens at once, each refused. */
const flood = (jwt: JwtVerifier, count: number) =>
  Effect.gen(function* () {
    const exits = yield* Effect.forEach(
      Array.from({ length: count }, (_, index) => index),
      (index) =>
        Effect.flatMap(
          sign(unknown, lasting, { kid: `kid-${index}` }),
          (token) => Effect.exit(jwt.verify(token))
        ),
      { concurrency: "unbounded" }
    )
    assert(exits.every(Exit.isFailure))
  })

test("a flood of unknown kids has the provider asked once in 30 seconds", () =>
  Effect.gen(function* () {
    const provider = yield* identityProvider(now)
    const jwt = yield* verifier(trusting(provider))
    const good = yield* sign(now, lasting)
    yield* flood(jwt, 50)
    assertEquals(provider.hits, 1)
    yield* TestClock.adjust("29 seconds")
    yield* flood(jwt, 50)
    assertEquals(provider.hits, 1)
    yield* TestClock.adjust("1 second")
    yield* flood(jwt, 50)
    yield* flood(jwt, 50)
    assertEquals(provider.hits, 2)
    assertEquals((yield* jwt.verify(good)).id, "jwt:ada")
  }))

test("a key that the provider shows anew is found by the first token signed with it", () =>
  Effect.gen(function* () {
    const provider = yield* identityProvider(now)
    const jwt = yield* verifier(trusting(provider))
    yield* jwt.verify(yield* sign(now))
    provider.answer = showing(now, next)
    yield* TestClock.adjust("30 seconds")
    assertEquals((yield* jwt.verify(yield* sign(next))).id, "jwt:ada")
    assertEquals(provider.hits, 2)
  }))

test("a caller who leaves while the provider is asked spoils it for nobody", () =>
  Effect.gen(function* () {
    const provider = yield* identityProvider(now)
    const jwt = yield* verifier(trusting(provider))
    yield* jwt.verify(yield* sign(now))
    const answer = Promise.withResolvers<void>()
    provider.answer = () =>
      new Response(
        ReadableStream.from((async function* () {
          await answer.promise
          yield new TextEncoder().encode(JSON.stringify({ keys: [next.jwk] }))
        })())
      )
    yield* TestClock.adjust("30 seconds")
    const token = yield* sign(next)
    const leaves = yield* Effect.forkChild(jwt.verify(token))
    yield* provider.asked(2)
    const stays = yield* Effect.forkChild(jwt.verify(token))
    yield* Fiber.interrupt(leaves)
    answer.resolve()
    assertEquals((yield* Fiber.join(stays)).id, "jwt:ada")
    assertEquals(provider.hits, 2)
  }))

test("the keys are asked for every 10 minutes, though no token needs it", () =>
  Effect.gen(function* () {
    const provider = yield* identityProvider(now)
    const jwt = yield* verifier(trusting(provider))
    yield* jwt.verify(yield* sign(now))
    assertEquals(yield* jwt.keysAge, 0)
    provider.answer = showing(next)
    yield* TestClock.adjust("9 minutes")
    assertEquals(provider.hits, 1)
    assertEquals(yield* jwt.keysAge, 9 * 60_000)
    yield* TestClock.adjust("1 minute")
    yield* provider.asked(2)
    assertEquals((yield* jwt.verify(yield* sign(next))).id, "jwt:ada")
    // A key that is shown no more counts no more.
    const error = yield* Effect.flip(jwt.verify(yield* sign(now)))
    assertEquals(error._tag, "Unauthorized")
    assertEquals(provider.hits, 2)
    assertEquals(yield* jwt.keysAge, 0)
  }))

test("with the provider down from the start no token is let in, until it is back", () =>
  withLog((log) =>
    Effect.gen(function* () {
      const provider = yield* identityProvider()
      provider.answer = down
      const jwt = yield* verifier(trusting(provider))
      const token = yield* sign(now)
      const error = yield* unavailable(jwt, token)
      assertEquals(error.retryAfterSeconds, 30)
      assertStringIncludes(error.message, "use an API key")
      assert(!error.message.includes("127.0.0.1"))
      assertStringIncludes(log.join(), "it answered 503")
      assertEquals(yield* jwt.keysAge, undefined)
      provider.answer = showing(now)
      yield* TestClock.adjust("29 seconds")
      assertEquals((yield* unavailable(jwt, token)).retryAfterSeconds, 1)
      assertEquals(provider.hits, 1)
      yield* TestClock.adjust("1 second")
      assertEquals((yield* jwt.verify(token)).id, "jwt:ada")
      assertEquals(provider.hits, 2)
    })
  ))

test("with nobody at the provider's address no token is let in", () =>
  withLog((log) =>
    Effect.gen(function* () {
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 })
      const url = `http://127.0.0.1:${listener.addr.port}/keys`
      listener.close()
      const jwt = yield* verifier(trusting({ url }))
      yield* unavailable(jwt, yield* sign(now))
      assertEquals(log.length, 1)
    })
  ))

test("with the provider down later the keys hold for 24 hours, and then no token is let in", () =>
  withLog((log) =>
    Effect.gen(function* () {
      const provider = yield* identityProvider(now)
      const jwt = yield* verifier(trusting(provider))
      const token = yield* sign(now, lasting)
      yield* jwt.verify(token)
      provider.answer = down
      yield* TestClock.adjust("23 hours")
      yield* TestClock.adjust("3599 seconds")
      assertEquals((yield* jwt.verify(token)).id, "jwt:ada")
      assertStringIncludes(log.join(), "Those from before hold")
      // Remembered for 60 seconds, but not by keys that are too old.
      yield* TestClock.adjust("1 second")
      yield* unavailable(jwt, token)
      provider.answer = showing(now)
      // Again where the provider is just being asked: the clock outruns its answer.
      const back = yield* TestClock.adjust("31 seconds").pipe(
        Effect.andThen(jwt.verify(token)),
        Effect.retry({ times: 3 })
      )
      assertEquals(back.id, "jwt:ada")
    })
  ))

test("an answer that is no key set leaves the keys as they were", () =>
  withLog((log) =>
    Effect.gen(function* () {
      const trap = yield* identityProvider(unknown)
      const provider = yield* identityProvider(now)
      const jwt = yield* verifier(trusting(provider))
      yield* jwt.verify(yield* sign(now, lasting))
      const answers: ReadonlyArray<readonly [() => Response, string]> = [
        [() => new Response("{"), "not a JSON Web Key Set"],
        [() => Response.json({ keys: "none" }), "not a JSON Web Key Set"],
        [() => Response.json([unknown.jwk]), "not a JSON Web Key Set"],
        [() => new Response(null), "not a JSON Web Key Set"],
        [() => Response.redirect(trap.url), "a redirect"],
        [() => Response.redirect(trap.url, 308), "a redirect"],
        [
          () => Response.json({ keys: [unknown.jwk], pad: "x".repeat(600_000) }),
          "over 524288 bytes"
        ]
      ]
      for (const [answer, words] of answers) {
        provider.answer = answer
        yield* TestClock.adjust("60 seconds")
        const error = yield* Effect.flip(jwt.verify(yield* sign(unknown, lasting)))
        assertEquals(error._tag, "Unauthorized")
        assertStringIncludes(log.at(-1)!, words)
        assertEquals((yield* jwt.verify(yield* sign(now, lasting))).id, "jwt:ada")
      }
      assertEquals(log.length, answers.length)
      assertEquals(trap.hits, 0)
    })
  ))

test("a provider that does not answer in 5 seconds is given up on", () =>
  withLog((log) =>
    Effect.gen(function* () {
      const provider = yield* identityProvider()
      const never = Promise.withResolvers<void>()
      yield* Effect.addFinalizer(() => Effect.sync(() => never.resolve()))
      provider.answer = () =>
        new Response(ReadableStream.from((async function* () {
          yield new TextEncoder().encode('{"keys":[')
          await never.promise
        })()))
      const jwt = yield* verifier(trusting(provider))
      const waits = yield* Effect.forkChild(Effect.flip(jwt.verify(yield* sign(now))))
      yield* provider.asked(1)
      yield* TestClock.adjust("5 seconds")
      assertEquals((yield* Fiber.join(waits))._tag, "AuthUnavailable")
      assertStringIncludes(log.join(), "5 seconds")
    })
  ))
