/**
 * The table of everything that can be called, made from the declared API.
 *
 * @module
 */
import * as Context from "effect/Context"
import * as HttpApi from "effect/http-api/HttpApi"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { Scope } from "../domain/Principal.ts"
import { Api } from "./native/Api.ts"
import { Needs } from "./native/declare.ts"

/** One route, once it was found. */
export interface Route {
  readonly method: string
  /** As declared, such as `/api/v1/llm/models/:model_id/status`. */
  readonly path: string
  readonly needs: Scope | "nothing"
  readonly takesBody: boolean
}

/** Where a request goes; `methods` are those that its path has. */
export type Match =
  | { readonly _tag: "Found"; readonly route: Route }
  | { readonly _tag: "WrongMethod"; readonly methods: ReadonlyArray<string> }
  | { readonly _tag: "NotFound" }

/** The pages that tell about the API, beside the API itself. */
const pages: ReadonlyArray<Route> = [
  { method: "GET", path: "/openapi.json", needs: "nothing", takesBody: false },
  { method: "GET", path: "/docs", needs: "nothing", takesBody: false },
  { method: "GET", path: "/metrics", needs: "metrics:read", takesBody: false }
]

/** Every route. One that does not say what it needs is left out: nobody can call it. */
export const routes: ReadonlyArray<Route> = (() => {
  const all: Array<Route> = [...pages]
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, mergedAnnotations }) => {
      const needs = Option.getOrUndefined(
        Context.getOption(Context.merge(mergedAnnotations, endpoint.annotations), Needs)
      )
      if (needs === undefined) return
      const { method, path, payload } = endpoint
      all.push({ method, path, needs, takesBody: payload.size > 0 })
    }
  })
  return all
})()

/** Finds the route of a path; a HEAD is answered as a GET without its body. */
export const match = (method: string, path: string): Match => {
  const here = fixed.get(path) ??
    patterned.find(({ pattern }) => pattern.test(path) && isDecodable(path))?.routes
  if (here === undefined) return { _tag: "NotFound" }
  const wanted = method === "HEAD" ? "GET" : method
  const route = here.find((one) => one.method === wanted)
  return route
    ? { _tag: "Found", route }
    : { _tag: "WrongMethod", methods: here.flatMap(({ method }) => alike(method)) }
}

/** Whether what is encoded in a path is text at all. */
const isDecodable = (path: string): boolean =>
  Result.isSuccess(Result.try(() => decodeURIComponent(path)))

/** Every method that a route of `method` answers. */
const alike = (method: string) => method === "GET" ? ["GET", "HEAD"] : [method]

const byPath = Map.groupBy(routes, ({ path }) => path)
const fixed = new Map(Array.from(byPath).filter(([path]) => !path.includes(":")))
const patterned = Array.from(byPath).filter(([path]) => path.includes(":")).map((
  [path, routes]
) => ({
  // A segment may be encoded, but may not be one that a URL parser would take away.
  pattern: new RegExp(
    `^${
      path.replace(
        /:[a-z_]+/g,
        "(?!(?:\\.|%2[eE]){1,2}(?:/|$))(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+"
      )
    }$`
  ),
  routes
}))
