/**
 * What is said of the whole API in its OpenAPI document.
 *
 * @module
 */

/** Adds the ways to prove who is calling, which routes name. */
export const secure = (document: Record<string, unknown>): Record<string, unknown> => ({
  ...document,
  components: {
    ...(typeof document.components === "object" ? document.components : {}),
    securitySchemes: {
      apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
      bearer: { type: "http", scheme: "bearer", description: "An API key or a JWT" }
    }
  }
})
