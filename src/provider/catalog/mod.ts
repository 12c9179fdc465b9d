/**
 * Every provider that the gateway knows: a new one is a file in this folder and a line here.
 *
 * @module
 */
export { openai } from "./openai.ts"
export { anthropic } from "./anthropic.ts"
export { google } from "./google.ts"
export { groq } from "./groq.ts"
export { mistral } from "./mistral.ts"
export { deepseek } from "./deepseek.ts"
export { openrouter } from "./openrouter.ts"
export { xai } from "./xai.ts"
export { together } from "./together.ts"
export { fireworks } from "./fireworks.ts"
export { perplexity } from "./perplexity.ts"
export { huggingface } from "./huggingface.ts"
export { cohere } from "./cohere.ts"
export { azure } from "./azure.ts"
export { bedrock } from "./bedrock.ts"
export { vertex } from "./vertex.ts"
export { ollama } from "./ollama.ts"
export { lmstudio } from "./lmstudio.ts"
export { vllm } from "./vllm.ts"
