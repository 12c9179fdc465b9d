import { bedrock as dialect } from "../../protocol/bedrock/mod.ts"
import { awsOptions, connectAws } from "../aws/connect.ts"
import { bearer, type Provider } from "../Provider.ts"
import { bedrockModels } from "./models/bedrock.ts"

/** Amazon Bedrock: models of many makers, by the Converse API. */
export const bedrock: Provider = {
  id: "bedrock",
  name: "Amazon Bedrock",
  dialect,
  baseUrl: "https://bedrock-runtime.region.amazonaws.com",
  environment: {
    apiKey: ["AWS_BEARER_TOKEN_BEDROCK"],
    baseUrl: "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"
  },
  authorize: bearer,
  options: awsOptions,
  connect: connectAws("bedrock", "bedrock-runtime"),
  // It has no list of models there, and an answer costs.
  healthCheck: "none",
  discovers: false,
  models: bedrockModels,
  pricing: "aws"
}
