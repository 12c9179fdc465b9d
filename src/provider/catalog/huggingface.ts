import { openai as dialect } from "../../protocol/openai/mod.ts"
import { bearer, type Provider } from "../Provider.ts"

/** Hugging Face's router: has many providers serve what it says they serve. */
export const huggingface: Provider = {
  id: "huggingface",
  name: "Hugging Face",
  dialect: dialect(),
  baseUrl: "https://router.huggingface.co/v1",
  environment: { apiKey: ["HF_TOKEN"], baseUrl: undefined },
  authorize: bearer,
  models: []
}
