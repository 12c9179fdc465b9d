import { assert, assertEquals, assertMatch } from "@std/assert"
import { names } from "../../otel/draw/Dashboard.ts"
import { folder, readFile, readYaml } from "./expressions.ts"

interface Compose {
  readonly services: Readonly<
    Record<string, {
      readonly image?: string
      readonly ports?: ReadonlyArray<string>
      readonly environment?: Readonly<Record<string, string>>
      readonly volumes?: ReadonlyArray<string>
      readonly secrets?: ReadonlyArray<string>
      readonly healthcheck?: object
    }>
  >
  readonly volumes: object
  readonly secrets: object
}

type Parts = "receivers" | "processors" | "exporters"

interface Collector extends Record<Parts, object> {
  readonly service: {
    readonly pipelines: Readonly<Record<string, Readonly<Record<Parts, ReadonlyArray<string>>>>>
  }
}

interface Scrapes {
  readonly scrape_configs: ReadonlyArray<{ readonly job_name: string }>
}

Deno.test("compose.yaml pins its images, opens doors to this machine only, and holds no secret", () => {
  const { services, volumes, secrets } = readYaml<Compose>("compose.yaml")
  assertEquals(Object.keys(services), ["penstock", "collector", "tempo", "prometheus", "grafana"])
  const dockerfile = /^FROM (.*)$/m.exec(readFile("Dockerfile"))?.[1]
  for (const [name, service] of Object.entries(services)) {
    const image = name === "penstock" ? dockerfile : service.image
    assertMatch(image ?? "", /:v?\d+\.\d+\.\d+/, name)
    for (const port of service.ports ?? []) assertMatch(port, /^127\.0\.0\.1:/, name)
    for (const [key, value] of Object.entries(service.environment ?? {})) {
      if (/KEY|SECRET|PASSWORD|TOKEN/.test(key)) assertMatch(value, /^\$\{\w+:[?-]/, key)
    }
    // The collector's image has nothing that could ask.
    assertEquals(service.healthcheck === undefined, name === "collector", name)
    for (const volume of service.volumes ?? []) {
      const [from = ""] = volume.split(":")
      assert(from.startsWith("./") ? exists(from) : from in volumes, `${name}: ${volume}`)
    }
    for (const secret of service.secrets ?? []) assert(secret in secrets, secret)
  }
  assertEquals(readFile(".gitignore").trim(), ".env")
})

const exists = (path: string): boolean => {
  try {
    return Deno.statSync(`${folder}${path}`) !== undefined
  } catch {
    return false
  }
}

Deno.test("Prometheus, Grafana, Tempo and the collector find each other by what compose.yaml calls them", () => {
  const compose = readYaml<Compose>("compose.yaml")
  const hosts = new Set(Object.keys(compose.services))
  const files = [
    "prometheus.yml",
    "collector.yaml",
    "grafana/provisioning/datasources/penstock.yaml",
    "compose.yaml"
  ]
  const addressed = files.flatMap((name) =>
    Array.from(
      readFile(name).matchAll(/(?:endpoint: |url: |ENDPOINT: |\[)(?:http:\/\/)?([a-z]+):\d{4}\b/g),
      ([, host = ""]) => host
    )
  )
  assert(addressed.length >= 7)
  assertEquals(addressed.filter((host) => !hosts.has(host)), [])
  const { scrape_configs } = readYaml<Scrapes>("prometheus.yml")
  const jobs = new Set(scrape_configs.map(({ job_name }) => job_name))
  const asked = Array.from(
    [...names.map((name) => `grafana/dashboards/${name}.json`), "alerts.yml"].map(readFile).join()
      .matchAll(/job=\\*"(\w+)/g),
    ([, job = ""]) => job
  )
  assertEquals(asked.filter((job) => !jobs.has(job)), [])
})

Deno.test("in the collector every pipeline limits memory first, and everything named is set up", () => {
  const { service, ...parts } = readYaml<Collector>("collector.yaml")
  for (const [signal, pipeline] of Object.entries(service.pipelines)) {
    assertEquals(pipeline.processors, ["memory_limiter", "batch"], signal)
    for (const kind of ["receivers", "processors", "exporters"] as const) {
      for (const name of pipeline[kind]) assert(name in parts[kind], `${signal}: ${name}`)
    }
  }
  assertEquals(Object.keys(service.pipelines), ["traces", "metrics", "logs"])
})
