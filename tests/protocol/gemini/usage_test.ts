import { assertEquals } from "@std/assert"
import { readUsage } from "../../../src/protocol/gemini/usage.ts"

const tierOf = (said: object) =>
  readUsage({ promptTokenCount: 1, candidatesTokenCount: 1, ...said })?.tier

Deno.test("readUsage() tells the tier of service that has prices of its own", () => {
  assertEquals(tierOf({ serviceTier: "flex" }), "flex")
  assertEquals(tierOf({ serviceTier: "SERVICE_TIER_PRIORITY" }), "priority")
  assertEquals(tierOf({ serviceTier: "standard" }), undefined)
  assertEquals(tierOf({ serviceTier: "unspecified" }), undefined)
})

Deno.test("readUsage() reads what Vertex says of it", () => {
  assertEquals(tierOf({ trafficType: "ON_DEMAND" }), undefined)
  assertEquals(tierOf({ trafficType: "TRAFFIC_TYPE_UNSPECIFIED" }), undefined)
  assertEquals(tierOf({ trafficType: "ON_DEMAND_FLEX" }), "flex")
  assertEquals(tierOf({ trafficType: "PROVISIONED_THROUGHPUT" }), "provisioned_throughput")
})
