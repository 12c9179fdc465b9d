/**
 * Makes `otel/.env`, which `compose.yaml` reads: the secrets of everything that it starts, each
 * random. An existing file is left as it is.
 *
 * ```
 * deno run -A otel/environment.ts
 * ```
 *
 * @module
 */
import { SignJWT } from "jose"

/** A token that may scrape metrics and nothing else, for a year, signed with Penstock's `secret`. */
export const scrapeToken = (secret: string): Promise<string> =>
  new SignJWT({ scope: "metrics:read" }).setProtectedHeader({ alg: "HS256" })
    .setSubject("prometheus").setIssuedAt().setExpirationTime("1 year")
    .sign(new TextEncoder().encode(secret))

const random = (): string =>
  Array.from(
    crypto.getRandomValues(new Uint8Array(32)),
    (byte) => byte.toString(16).padStart(2, "0")
  ).join("")

if (import.meta.main) {
  const path = new URL(".env", import.meta.url).pathname
  const secret = random()
  const lines = {
    PENSTOCK_API_KEY: random(),
    PENSTOCK_JWT_SECRET: secret,
    PENSTOCK_SCRAPE_TOKEN: await scrapeToken(secret),
    GRAFANA_PASSWORD: random()
  }
  const text = Object.entries(lines).map(([name, value]) => `${name}=${value}\n`).join("")
  try {
    await Deno.writeTextFile(path, text, { createNew: true, mode: 0o600 })
    console.log(`${path} is made. Your API key and Grafana's password are in it.`)
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error
    console.log(`${path} is there already, and stays as it is.`)
  }
}
