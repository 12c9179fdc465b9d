/**
 * How Amazon's services are reached: in a region, by a key, or by credentials that sign.
 *
 * @module
 */
import * as Redacted from "effect/Redacted"
import { type Connection, isVisible, type ProviderOption, type Said } from "../Connection.ts"
import { bearer } from "../Provider.ts"
import { signing } from "./sign.ts"

/** What there is to say of a service of Amazon's, by the variables of Amazon's own tools. */
export const awsOptions = {
  region: {
    variables: ["AWS_REGION", "AWS_DEFAULT_REGION"],
    what: "the region, such as `us-east-1`"
  },
  access_key_id: {
    variables: ["AWS_ACCESS_KEY_ID"],
    secret: true,
    what: "the id of the key that signs requests, where there is no API key"
  },
  secret_access_key: {
    variables: ["AWS_SECRET_ACCESS_KEY"],
    secret: true,
    what: "the key that signs requests"
  },
  session_token: {
    variables: ["AWS_SESSION_TOKEN"],
    secret: true,
    what: "what goes with a key that ends. Default: the key does not end"
  }
} satisfies Readonly<Record<string, ProviderOption>>

/**
 * Reaches `service` at `host` of the region that was said, or at the address that was given. An API
 * key counts before credentials that sign. Gives what is missing, in one sentence.
 */
export const connectAws =
  (service: string, host: string) => ({ apiKey, baseUrl, options }: Said): Connection | string => {
    const { access_key_id: id, secret_access_key: secret, session_token: token } = options
    const region = options.region && Redacted.value(options.region)
    if (region !== undefined && !/^[a-z\d-]{1,63}$/.test(region)) {
      return "has a region that is none: set AWS_REGION"
    }
    const address = baseUrl ?? (region && `https://${host}.${region}.${domainOf(region)}`)
    if (apiKey) {
      return address
        ? { baseUrl: address, headers: bearer(apiKey) }
        : "has no region: set AWS_REGION"
    }
    if (id === undefined && secret === undefined) {
      return "has no credentials: set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and " +
        "AWS_SECRET_ACCESS_KEY"
    }
    if (id === undefined) return "has no key id: set AWS_ACCESS_KEY_ID"
    if (secret === undefined) return "has no secret key: set AWS_SECRET_ACCESS_KEY"
    // What is no text of a header would fail each request.
    if (!isVisible(id)) return "has a key id of other than visible ASCII characters"
    if (token && !isVisible(token)) {
      return "has a session token of other than visible ASCII characters"
    }
    // Also where the address is given: the signature names it.
    if (!region || !address) return "has no region: set AWS_REGION"
    return {
      baseUrl: address,
      headers: {},
      sign: signing({
        accessKeyId: id,
        secretAccessKey: secret,
        sessionToken: token,
        service,
        region
      })
    }
  }

const domainOf = (region: string): string =>
  region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
