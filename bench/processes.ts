/**
 * Processes of the benchmark: starting, waiting, and what the kernel says they used.
 *
 * @module
 */

/** A process that listens on a loopback port. */
export interface Listening {
  readonly port: number
  readonly pid: number
  /** Ends it and waits for that. */
  readonly stop: () => Promise<void>
}

/** How to start one. */
export interface Command {
  readonly program: string
  readonly args: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly cwd?: string | undefined
}

/** A port that is free now. */
export const freePort = (): number => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 })
  const { port } = listener.addr
  listener.close()
  return port
}

/** Starts a process and waits, at most 30 s, until `port` takes connections. Fails with what it wrote. */
export const listen = async (port: number, command: Command): Promise<Listening> => {
  const said = await Deno.makeTempFile({ prefix: "penstock-bench-", suffix: ".log" })
  const child = new Deno.Command("sh", {
    // The shell keeps what the process says out of a pipe that nobody empties; exec makes it the process.
    args: ["-c", `exec "$0" "$@" > "${said}" 2>&1`, command.program, ...command.args],
    env: { NO_COLOR: "1", ...command.env },
    cwd: command.cwd ?? Deno.cwd(),
    stdin: "null"
  }).spawn()
  let exited = false
  const over = child.status.then(() => {
    exited = true
  })
  const stop = async () => {
    if (!exited) child.kill("SIGTERM")
    const kill = setTimeout(() => exited || child.kill("SIGKILL"), 3000)
    await over
    clearTimeout(kill)
    await Deno.remove(said).catch(() => {})
  }
  const deadline = performance.now() + 30_000
  while (!exited && performance.now() < deadline) {
    try {
      const conn = await Deno.connect({ hostname: "127.0.0.1", port })
      conn.close()
      return { port, pid: child.pid, stop }
    } catch {
      await new Promise((next) => setTimeout(next, 50))
    }
  }
  const words = (await Deno.readTextFile(said)).trim().split("\n").slice(-4).join(" | ")
  await stop()
  throw new Error(`${exited ? "ended" : "does not listen"}: ${words.slice(-400)}`)
}

/** Microseconds of processor time that a process and its children have used. */
export const processorTime = (pid: number): number =>
  sum(pid, (pid) => {
    // The name in field 2 may hold spaces: what follows its bracket starts with field 3.
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`)
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    const ticks = Number(fields[11]) + Number(fields[12])
    return ticks * 10_000
  })

/** Megabytes of memory that a process and its children hold. */
export const residentMemory = (pid: number): number =>
  sum(pid, (pid) => {
    const kilobytes = /^VmRSS:\s*(\d+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))
    return Number(kilobytes?.[1] ?? 0) / 1024
  })

const sum = (pid: number, read: (pid: number) => number): number => {
  try {
    const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim()
    const rest = children === "" ? [] : children.split(" ").map(Number)
    return rest.reduce((total, child) => total + sum(child, read), read(pid))
  } catch (error) {
    // A child that has just ended has no figures; anything else, such as a missing permission, is an error.
    if (error instanceof Deno.errors.NotFound) return 0
    throw error
  }
}
