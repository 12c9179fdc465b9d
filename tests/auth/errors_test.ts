import { assert, assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import { requireScope, unauthorized } from "../../src/auth/errors.ts"
import { type Principal, scopes } from "../../src/domain/Principal.ts"
import { test } from "../kit/effect.ts"

test("requireScope() lets a scope through only for who has that very one", () =>
  Effect.gen(function* () {
    for (const owned of scopes) {
      const principal: Principal = { id: "a", kind: "jwt", name: "a", scopes: new Set([owned]) }
      for (const needed of scopes) {
        const exit = yield* Effect.result(requireScope(principal, needed))
        assertEquals(exit._tag, owned === needed ? "Success" : "Failure")
        if (exit._tag === "Failure") {
          assertEquals(exit.failure.scope, needed)
          assertStringIncludes(exit.failure.message, needed)
        }
      }
    }
  }))

test("unauthorized() says the same whatever is wrong with a credential", () =>
  Effect.sync(() => {
    const { message } = unauthorized("unknown")
    assertEquals(unauthorized("malformed").message, message)
    assertEquals(unauthorized("too_long").message, message)
    assertEquals(unauthorized("invalid_token", "expired").message, message)
    assert(unauthorized("missing").message !== message)
  }))
