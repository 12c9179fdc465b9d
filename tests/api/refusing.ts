/**
 * What it takes to be refused, whichever surface one asks by.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import { SignJWT } from "jose"
import { apiKey } from "../kit/gateway.ts"
import * as Raw from "../kit/raw.ts"
import { ask } from "./upstreams.ts"

const secret = "a secret of 32 bytes or even more"

/** A gateway that takes no large bodies and no slow ones, and knows `stranger`. */
export const strict = {
  env: { PENSTOCK_JWT_SECRET: secret },
  config: { limits: { body_bytes: 2000 }, timeouts: { body_seconds: 0.2 } }
}

/** The token of somebody who may ask no models. */
export const stranger = Effect.promise(() =>
  new SignJWT({ scope: "usage:read" }).setProtectedHeader({ alg: "HS256" })
    .setSubject("somebody").setExpirationTime("5 minutes").sign(new TextEncoder().encode(secret))
)

/** A response that was read. */
export interface Read {
  readonly headers: Headers
  readonly status: number
  readonly text: string
}

/** Posts a body, a text as it is, and gives what `told` makes of the answer. */
export const sending =
  <A>(told: (read: Read) => A) =>
  (url: string, to: string, body: unknown, headers: Record<string, string> = {}) =>
    Effect.map(
      ask(url + to, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body)
      }),
      told
    )

/** Begins to send a body, and never ends. */
export const dawdle = (url: string, to: string): Effect.Effect<Read> =>
  Effect.map(
    Raw.ask(url, {
      method: "POST",
      target: to,
      headers: [
        ["Host", new URL(url).host],
        ["X-API-Key", apiKey],
        ["Content-Type", "application/json"],
        ["Content-Length", "100"]
      ],
      body: "{"
    }),
    (response) => {
      if (response === undefined) throw new Error("There was no answer")
      return { ...response, text: response.body }
    }
  )
