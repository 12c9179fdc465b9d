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
export { azure } from "./azure.ts"
export { ollama } from "./ollama.ts"
