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
import type { ThinRoute } from "./ThinRoute.ts"
import { thinRoutes } from "./thinRoutes.ts"

/** One route, once it was found. */
export interface Route {
  readonly method: string
  /** As declared, such as `/api/v1/llm/models/:model_id/status`. */
  readonly path: string
  readonly needs: Scope | "nothing"
  readonly takesBody: boolean
  /** How it is served where no router is between. */
  readonly thin?: ThinRoute | undefined
}

/** Where a request goes; `methods` are those that its path has. */
export type Match =
  | {
    readonly _tag: "Found"
    readonly route: Route
    /** What stands in the path for the names in the route, decoded. */
    readonly params: Readonly<Record<string, string>>
  }
  | { readonly _tag: "WrongMethod"; readonly methods: ReadonlyArray<string> }
  | { readonly _tag: "NotFound" }

/** The pages that tell about the API, beside the API itself. */
const pages: ReadonlyArray<Route> = [
  { method: "GET", path: "/", needs: "nothing", takesBody: false },
  { method: "GET", path: "/openapi.json", needs: "nothing", takesBody: false },
  { method: "GET", path: "/docs", needs: "nothing", takesBody: false },
  { method: "GET", path: "/metrics", needs: "metrics:read", takesBody: false }
]

/** Every route. One that does not say what it needs is left out: nobody can call it. */
export const routes: ReadonlyArray<Route> = (() => {
  const all: Array<Route> = [...pages, ...thinRoutes.map((thin) => ({ ...thin, thin }))]
  const isThin = (method: string, path: string) =>
    thinRoutes.some((thin) => thin.method === method && thin.path === path)
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, mergedAnnotations }) => {
      const needs = Option.getOrUndefined(
        Context.getOption(Context.merge(mergedAnnotations, endpoint.annotations), Needs)
      )
      const { method, path, payload } = endpoint
      if (needs === undefined || isThin(method, path)) return
      all.push({ method, path, needs, takesBody: payload.size > 0 })
    }
  })
  return all
})()

/** Finds the route of a path; a HEAD is answered as a GET without its body. */
export const match = (method: string, path: string): Match => {
  const found = find(path)
  if (found === undefined) return { _tag: "NotFound" }
  const wanted = method === "HEAD" ? "GET" : method
  const route = found.routes.find((one) => one.method === wanted)
  return route
    ? { _tag: "Found", route, params: found.params }
    : { _tag: "WrongMethod", methods: found.routes.flatMap(({ method }) => alike(method)) }
}

interface Found {
  readonly routes: ReadonlyArray<Route>
  readonly params: Readonly<Record<string, string>>
}

const find = (path: string): Found | undefined => {
  const routes = fixed.get(path)
  if (routes) return { routes, params: {} }
  for (const { pattern, routes } of patterned) {
    const groups = pattern.exec(path)?.groups
    // What is encoded in a path may be no text at all.
    const params = groups && Result.getOrUndefined(Result.try(() => decoded(groups)))
    if (params) return { routes, params }
  }
  return undefined
}

const decoded = (groups: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)])
  )

/** Every method that a route of `method` answers. */
const alike = (method: string) => method === "GET" ? ["GET", "HEAD"] : [method]

// A segment may be encoded, but may not be one that a URL parser would take away.
const segment = "(?!(?:\\.|%2[eE]){1,2}(?:/|$))(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+"

const named = /:([a-z_]+)(\*?)(?![A-Za-z])/g

const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${
      path.replace(
        named,
        (_, name: string, many: string) =>
          many ? `(?<${name}>${segment}(?:/${segment})*)` : `(?<${name}>${segment})`
      )
    }$`
  )

const byPath = Map.groupBy(routes, ({ path }) => path)
const fixed = new Map(Array.from(byPath).filter(([path]) => !path.includes(":")))
/** How much of a path is given: where two fit, the one that says more is meant. */
const given = (path: string): number => path.replace(named, "").length
const patterned = Array.from(byPath).filter(([path]) => path.includes(":"))
  .toSorted(([one], [other]) => given(other) - given(one))
  .map(([path, routes]) => ({ pattern: patternOf(path), routes }))
