/**
 * The names by which providers know a client's tools, and the client's own names for them.
 *
 * @module
 */
import * as Hash from "effect/Hash"

/** A tool as its client knows it. */
export interface ClientTool {
  readonly type: "function" | "custom"
  readonly name: string
  /** The group that it is called in; absent where it is in none. */
  readonly namespace?: string | undefined
}

/** Translates names of tools; no two tools that are offered have the same. */
export interface Toolbox {
  /** The name by which providers know a tool. One that is no longer offered has one as well. */
  readonly nameOf: (tool: ClientTool) => string
  /** The tool that providers know by this name. */
  readonly toolOf: (name: string) => ClientTool
}

/** What every provider takes as a name. */
const plain = /^[A-Za-z0-9_-]{1,64}$/

/**
 * The toolbox of these tools. Functions in no group keep their names; others are called
 * `group__name`, or where that is no name for every provider, something like it.
 */
export const make = (tools: ReadonlyArray<ClientTool>): Toolbox => {
  const names = new Map<string, string>()
  const byName = new Map<string, ClientTool>()
  const add = (tool: ClientTool, name: string) => {
    names.set(keyOf(tool), name)
    byName.set(name, tool)
  }
  for (const tool of tools) if (isPlain(tool)) add(tool, tool.name)
  for (const tool of tools) {
    if (names.has(keyOf(tool))) continue
    let name = preferred(tool)
    for (let salt = 0; byName.has(name); salt++) name = marked(tool, salt)
    add(tool, name)
  }
  return {
    nameOf: (tool) => names.get(keyOf(tool)) ?? preferred(tool),
    toolOf: (name) => byName.get(name) ?? { type: "function", name }
  }
}

/** The toolbox of a client that has but plain functions. */
export const empty: Toolbox = make([])

const isPlain = ({ namespace, type }: ClientTool): boolean =>
  type === "function" && namespace === undefined

const keyOf = ({ name, namespace, type }: ClientTool): string =>
  JSON.stringify([type, namespace, name])

const joined = ({ name, namespace }: ClientTool): string =>
  namespace === undefined ? name : `${namespace}__${name}`

const preferred = (tool: ClientTool): string => {
  const name = joined(tool)
  return isPlain(tool) || plain.test(name) ? name : marked(tool, 0)
}

/** The name as far as it can be one, and a mark that tells it from others that begin alike. */
const marked = (tool: ClientTool, salt: number): string => {
  const mark = (Hash.string(keyOf(tool) + salt) >>> 0).toString(36)
  return `${joined(tool).replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 63 - mark.length)}_${mark}`
}
