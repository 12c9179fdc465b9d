/**
 * Prometheus itself, as a process of its own.
 *
 * @module
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Process from "./process.ts"

const output = async (program: string, ...args: ReadonlyArray<string>) => {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null"
  }).output()
  const utf8 = new TextDecoder()
  return { success, text: utf8.decode(stdout) + utf8.decode(stderr) }
}

const succeeds = async (program: string, ...args: ReadonlyArray<string>): Promise<boolean> => {
  try {
    return (await output(program, ...args)).success
  } catch {
    return false
  }
}

/**
 * Whether Prometheus is on this machine. Where it is not, and this is root on Debian, its package is
 * installed.
 */
export const available = async (): Promise<boolean> => {
  const isThere = async () =>
    await succeeds("prometheus", "--version") && await succeeds("promtool", "--version")
  if (await isThere()) return true
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false
  if (!await succeeds("apt-get", "update")) return false
  await succeeds("apt-get", "install", "-y", "--no-install-recommends", "prometheus")
  return await isThere()
}

/** What `promtool` says of files, and whether it finds them right. */
export const promtool = (
  ...args: ReadonlyArray<string>
): Effect.Effect<{ readonly success: boolean; readonly text: string }> =>
  Effect.promise(() => output("promtool", ...args))

/**
 * Starts Prometheus in `folder` with the configuration that is there, `prometheus.yml`, and gives its
 * address as soon as it answers. It is stopped with the scope.
 */
export const start = (folder: string): Effect.Effect<string, never, Scope.Scope> =>
  Effect.gen(function* () {
    const address = `127.0.0.1:${freePort()}`
    const process = yield* Process.spawn(
      "prometheus",
      [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/series`,
        `--web.listen-address=${address}`
      ],
      folder,
      {}
    )
    const url = `http://${address}`
    yield* answers(`${url}/-/ready`).pipe(
      Effect.repeat({ until: (ready) => ready }),
      Effect.timeout("15 seconds"),
      Effect.catch(() => Effect.die(new Error(`Prometheus does not start: ${process.stderr()}`)))
    )
    return url
  })

const freePort = (): number => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 })
  const { port } = listener.addr
  listener.close()
  return port
}

/** Whether `url` is answered with 2xx; where it is not, a moment has passed. */
const answers = (url: string): Effect.Effect<boolean> =>
  Effect.promise(() =>
    fetch(url).then(
      (response) => response.body?.cancel().then(() => response.ok) ?? response.ok,
      () => false
    )
  ).pipe(
    Effect.tap((ready) => ready ? Effect.void : Effect.sleep("100 millis"))
  )
