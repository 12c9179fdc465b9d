/**
 * The gateway as a process of its own, started as `deno task start` starts it.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { foreign } from "../../src/provider/catalog/variables.ts"
import { temporaryFolder } from "./gateway.ts"

const root = new URL("../../", import.meta.url).pathname
const config = JSON.parse(Deno.readTextFileSync(`${root}deno.json`))

/** How a process is started. */
export interface LaunchOptions {
  /** Its environment; beside it there is only what Deno itself needs. */
  readonly env?: Readonly<Record<string, string>>
  /** What `penstock.yaml` holds. Default: there is none. */
  readonly yaml?: string
  /** Where it runs: `data` and `penstock.yaml` are there. Default: a temporary folder. */
  readonly folder?: string
  /** What it runs. Default: `main.ts`. */
  readonly main?: string
}

/** A process that was started. */
export interface Launched {
  readonly folder: string
  /** The address in its banner, as soon as it is printed; fails where it ends before that. */
  readonly url: Effect.Effect<string>
  /** What it printed so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  readonly kill: (signal: Deno.Signal) => void
  /** Its exit code, once it has ended and all that it printed is read; fails after 10 s. */
  readonly exited: Effect.Effect<number>
  /** The same, however long that takes. */
  readonly ended: Effect.Effect<number>
  /** When it was started, as `performance.now()`. */
  readonly startedAt: number
}

/** The flags of the start task, for a process with `env`. */
export const startFlags = (env: Readonly<Record<string, string>>): ReadonlyArray<string> => {
  const task: string = config.tasks.start
  // What the task's shell would put in their place.
  const filled = task.replaceAll(
    /\$\(deno eval -q 'console\.log\(Deno\.env\.get\(`(\w+)`\)\|\|`([^`]+)`\)'\)/g,
    (_, name, otherwise) => env[name] || otherwise
  ).replace(/\$\(deno run [^)]*variables\.ts\)/, foreign.join(","))
  return filled.split(" ").slice(2, -1)
}

/** Starts the gateway; it is killed with the scope where it still runs. */
export const launch = (options: LaunchOptions = {}): Effect.Effect<Launched, never, Scope.Scope> =>
  Effect.gen(function* () {
    const folder = options.folder ?? (yield* temporaryFolder)
    if (options.yaml !== undefined) Deno.writeTextFileSync(`${folder}/penstock.yaml`, options.yaml)
    const env = { PORT: "0", ...options.env }
    const { main = `${root}main.ts` } = options
    const args = ["run", `--config=${root}deno.json`, ...startFlags(env), main]
    return yield* spawn(Deno.execPath(), args, folder, env)
  })

/** Starts any program and gathers what it prints. */
export const spawn = (
  program: string,
  args: ReadonlyArray<string>,
  folder: string,
  env: Readonly<Record<string, string>>
): Effect.Effect<Launched, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => run(program, args, folder, env)),
    // Told first, so that one that has started others can tell them too.
    ({ kill, ended }) =>
      Effect.sync(() => kill("SIGTERM")).pipe(
        Effect.andThen(Effect.timeoutOption(ended, "1 second")),
        Effect.andThen(Effect.sync(() => kill("SIGKILL"))),
        Effect.andThen(ended)
      )
  )

const run = (
  program: string,
  args: ReadonlyArray<string>,
  folder: string,
  env: Readonly<Record<string, string>>
): Launched => {
  const startedAt = performance.now()
  const process = new Deno.Command(program, {
    args: [...args],
    cwd: folder,
    clearEnv: true,
    env: { ...own("PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME"), NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped"
  }).spawn()
  const printed = Promise.withResolvers<string>()
  printed.promise.catch(() => {})
  const stdout = gather(process.stdout, (text) => {
    // The whole banner: what comes after the address may not be there yet.
    const url = /listens on (http:\S+)\n[\s\S]*documentation .*\n/.exec(text)?.[1]
    if (url !== undefined) printed.resolve(url)
  })
  const stderr = gather(process.stderr, () => {})
  let over = false
  const exited = Promise.all([process.status, stdout.done, stderr.done]).then(([{ code }]) => {
    over = true
    printed.reject(new Error(`It ended with ${code}: ${stderr.text()}`))
    return code
  })
  return {
    folder,
    startedAt,
    url: within10Seconds(() => printed.promise),
    stdout: stdout.text,
    stderr: stderr.text,
    kill: (signal) => {
      if (!over) process.kill(signal)
    },
    ended: Effect.promise(() => exited),
    exited: within10Seconds(() => exited)
  }
}

const within10Seconds = <A>(wait: () => Promise<A>): Effect.Effect<A> =>
  Effect.promise(wait).pipe(Effect.timeout("10 seconds"), Effect.orDie)

const own = (...names: ReadonlyArray<string>): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name)
    return value === undefined ? [] : [[name, value]]
  }))

const gather = (stream: ReadableStream<Uint8Array>, onText: (text: string) => void) => {
  let text = ""
  const utf8 = new TextDecoder()
  const read = async () => {
    for await (const piece of stream) onText(text += utf8.decode(piece, { stream: true }))
  }
  return { text: () => text, done: read() }
}
