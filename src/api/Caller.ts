/**
 * Who is calling, for handlers of routes that Effect's router serves.
 *
 * @module
 */
import * as Context from "effect/Context"
import type { Principal } from "../domain/Principal.ts"

/** Who sent the request at hand; `anybody` on a route that is open. */
export class Caller extends Context.Service<Caller, Principal>()("penstock/api/Caller") {}
