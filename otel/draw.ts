/**
 * Draws every dashboard with what a Prometheus has now, each as one SVG.
 *
 * ```
 * deno run -A otel/draw.ts --prometheus http://127.0.0.1:9090 --out otel/pictures
 *   [--minutes 60] [--scrape 15] [--only traffic,cost]
 * ```
 *
 * `--minutes` is how much time is shown, `--scrape` how many seconds are between two scrapes. Ends
 * with 1 where Prometheus has something against a query.
 *
 * @module
 */
import { names, read } from "./draw/Dashboard.ts"
import { drawDashboard } from "./draw/drawDashboard.ts"

const option = (name: string, otherwise: string): string => {
  const at = Deno.args.indexOf(name)
  return Deno.args[at < 0 ? -1 : at + 1] ?? otherwise
}

const prometheus = option("--prometheus", "http://127.0.0.1:9090").replace(/\/$/, "")
const out = option("--out", "otel/pictures")
const range = Number(option("--minutes", "60")) * 60
const scrape = Number(option("--scrape", "15"))
const only = option("--only", names.join(",")).split(",")

const to = Math.floor(Date.now() / 1000)
const step = Math.max(1, Math.ceil(range / 90))
// As Grafana reckons it.
const rateInterval = Math.max(step + scrape, 4 * scrape)

await Deno.mkdir(out, { recursive: true })
for (const name of only) {
  const times = { from: to - range, to, step }
  const svg = await drawDashboard(read(name), { prometheus, times, rateInterval })
  const path = `${out}/${name}.svg`
  // It is not read, and its lines are not to be broken.
  await Deno.writeTextFile(path, `<!-- deno-fmt-ignore-file -->\n${svg}`)
  console.log(`${path}: ${Math.ceil(svg.length / 1024)} KiB`)
}
