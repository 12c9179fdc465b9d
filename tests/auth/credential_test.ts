import { assertEquals, assertStringIncludes } from "@std/assert"
import * as Effect from "effect/Effect"
import { credentialInAddress, credentialOf } from "../../src/auth/credential.ts"
import { test } from "../kit/effect.ts"

const of = (headers: Record<string, string>) => {
  const found = credentialOf(new Headers(headers))
  return typeof found === "string" ? found : found._tag
}

test("credentialOf() finds a key in either header, however Bearer is spelled", () =>
  Effect.sync(() => {
    assertEquals(of({ "x-api-key": "k" }), "k")
    assertEquals(of({ "authorization": "Bearer k" }), "k")
    assertEquals(of({ "authorization": "bearer   k" }), "k")
    assertEquals(of({ "authorization": "BEARER k k" }), "k k")
    assertEquals(of({ "x-api-key": "k", "authorization": "Bearer k" }), "k")
  }))

test("credentialOf() finds a key where Google's and Azure's clients put it", () =>
  Effect.sync(() => {
    for (const name of ["x-goog-api-key", "api-key"]) {
      assertEquals(of({ [name]: "k" }), "k", name)
      assertEquals(of({ [name]: "k", "x-api-key": "k", "authorization": "Bearer k" }), "k", name)
      assertEquals(of({ [name]: "", "x-api-key": "k" }), "k", name)
      assertEquals(of({ [name]: "" }), "Unauthorized", name)
      assertEquals(of({ [name]: "k", "x-api-key": "other" }), "BadCredentials", name)
      assertEquals(of({ [name]: "k", "authorization": "Bearer other" }), "BadCredentials", name)
    }
    assertEquals(of({ "x-goog-api-key": "k", "api-key": "other" }), "BadCredentials")
  }))

test("credentialOf() names the headers that disagree", () =>
  Effect.sync(() => {
    const refusal = credentialOf(new Headers({ "api-key": "k", "x-goog-api-key": "l" }))
    if (typeof refusal === "string") throw new Error(refusal)
    assertStringIncludes(refusal.message, 'The headers "X-Goog-API-Key" and "API-Key" disagree')
  }))

test("credentialOf() takes an empty header, and another scheme, for no key", () =>
  Effect.sync(() => {
    for (const authorization of ["", "Bearer", "Bearer  ", "Basic a", "k", "Bearerk"]) {
      assertEquals(of({ authorization }), "Unauthorized", authorization)
      assertEquals(of({ "x-api-key": "", authorization }), "Unauthorized")
    }
    assertEquals(of({}), "Unauthorized")
    assertEquals(of({ "x-api-key": "", "authorization": "Bearer k" }), "k")
    assertEquals(of({ "x-api-key": "k", "authorization": "" }), "k")
    assertEquals(of({ "x-api-key": "k", "authorization": "Bearer" }), "k")
  }))

test("credentialOf() refuses headers that disagree", () =>
  Effect.sync(() => {
    for (const authorization of ["Bearer other", "Bearer K", "Basic k", "k"]) {
      assertEquals(of({ "x-api-key": "k", authorization }), "BadCredentials", authorization)
    }
  }))

test("credentialOf() says how to send a key where there is none", () =>
  Effect.sync(() => {
    const missing = credentialOf(new Headers())
    if (typeof missing === "string") throw new Error(missing)
    assertStringIncludes(
      missing.message,
      'Send your key as "X-API-Key: <key>" or "Authorization: Bearer <key>"'
    )
  }))

test("credentialInAddress() refuses a key in a query, without repeating it", () =>
  Effect.sync(() => {
    const names = ["key", "api_key", "apikey", "API-KEY", "x-api-key", "access_token", "token"]
    for (const name of names) {
      for (const query of [`?${name}=s3cret`, `?model=a&${name}=s3cret`]) {
        const refusal = credentialInAddress(`http://localhost:8000/api/v1/llm/models${query}`)
        assertEquals(refusal?._tag, "BadCredentials", query)
        assertEquals(refusal?.message.includes("s3cret"), false)
      }
    }
    for (const rest of ["", "?model=key", "?max_tokens=1", "?start_date=2025-01-01&keys=1"]) {
      assertEquals(credentialInAddress(`http://localhost/models${rest}`), undefined)
    }
  }))
