/**
 * The pages beside the API: those that tell about it, made when first asked for and kept, and that
 * which is scraped.
 *
 * @module
 */
import * as HttpApiSwagger from "effect/http-api/HttpApiSwagger"
import * as OpenApi from "effect/http-api/OpenApi"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { contentType } from "../telemetry/prometheus/text.ts"
import { Api } from "./native/Api.ts"

/** Pages by path. */
export interface Pages {
  readonly get: (path: string) => Promise<Response> | undefined
  readonly dispose: () => Promise<void>
}

/** Pages that were not asked for yet: the one to browse is 2 MB, and most never ask. */
export const make = (scrape: () => Promise<string>): Pages => {
  let document: string | undefined
  let browser: ReturnType<typeof browsable> | undefined
  return {
    get: (path) => {
      switch (path) {
        case "/":
          return Promise.resolve(Response.json(welcome))
        case "/openapi.json":
          document ??= JSON.stringify(OpenApi.fromApi(Api))
          return Promise.resolve(
            new Response(document, { headers: { "content-type": "application/json" } })
          )
        case "/docs":
          browser ??= browsable()
          return browser.handler(new Request("http://localhost/docs")).then(sealed)
        case "/metrics":
          return scrape().then((text) =>
            new Response(text, { headers: { "content-type": contentType } })
          )
      }
    },
    dispose: () => browser?.dispose() ?? Promise.resolve()
  }
}

/** Some clients look here before anything else, to see whether anybody is there. */
const welcome = { name: "Penstock", docs: "/docs", openapi: "/openapi.json", health: "/health" }

const browsable = () =>
  HttpRouter.toWebHandler(
    HttpApiSwagger.layer(Api, { path: "/docs" }).pipe(Layer.provide(HttpServer.layerServices)),
    { disableLogger: true }
  )

/** The page brings all it needs with it: the browser is told to load nothing from elsewhere. */
const sealed = (response: Response): Response => {
  const headers = new Headers(response.headers)
  headers.set(
    "content-security-policy",
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; " +
      "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  )
  headers.set("x-content-type-options", "nosniff")
  headers.set("referrer-policy", "no-referrer")
  return new Response(response.body, { status: response.status, headers })
}
