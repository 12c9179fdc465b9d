/**
 * What a list tells a model to be, and to be able to do.
 *
 * @module
 */
import { array, type Fields, object, string } from "../json.ts"
import { flag, type Told } from "../listing.ts"

/** What a model makes: text, nothing but vectors, or anything else, which is not for us. */
export type Kind = "text" | "embedding" | "other"

/** What a model is told to make; absent where nobody tells. */
export const kindOf = (model: Fields): Kind | undefined => {
  const type = string(model.type) ?? string(model.kind)
  if (type !== undefined) {
    const kind = kinds[type.toLowerCase()]
    if (kind) return kind
  }
  const outputs = array(object(model.architecture)?.output_modalities)
  if (outputs.length > 0) {
    return outputs.includes("text")
      ? "text"
      : outputs.includes("embeddings")
      ? "embedding"
      : "other"
  }
  const chats = flag(object(model.capabilities)?.completion_chat) ?? flag(model.supports_chat)
  return chats ? "text" : undefined
}

/** In the words of Together, LM Studio and Fireworks. */
const kinds: Readonly<Record<string, Kind | undefined>> = Object.assign(Object.create(null), {
  chat: "text",
  language: "text",
  code: "text",
  llm: "text",
  vlm: "text",
  embedding: "embedding",
  embeddings: "embedding",
  embedding_model: "embedding",
  image: "other",
  video: "other",
  audio: "other",
  transcribe: "other",
  moderation: "other",
  rerank: "other"
})

/** What a model is told to do, or not to do. */
export const capabilitiesOf = (model: Fields): Told => {
  const own = object(model.capabilities)
  const words = array(model.capabilities)
  const parameters = model.supported_parameters
  const takes = (...names: ReadonlyArray<string>): boolean | undefined =>
    Array.isArray(parameters) ? names.some((name) => parameters.includes(name)) : undefined
  return {
    vision: flag(own?.vision) ?? flag(model.supports_image_input) ?? sees(model),
    tools: flag(own?.function_calling) ?? flag(model.supports_tools) ?? takes("tools") ??
      ofAny(model, "supports_tools") ?? (words.includes("tool_use") ? true : undefined),
    "json-schema": takes("structured_outputs") ?? ofAny(model, "supports_structured_output"),
    reasoning: flag(own?.reasoning) ?? takes("reasoning", "reasoning_effort")
  }
}

const sees = (model: Fields): boolean | undefined => {
  const inputs = array(object(model.architecture)?.input_modalities)
  if (inputs.length > 0) return inputs.includes("image")
  return model.type === "vlm" ? true : model.type === "llm" ? false : undefined
}

/** Whether any of those who serve it says so; absent where they do not tell. */
const ofAny = (model: Fields, field: string): boolean | undefined => {
  const told = array(model.providers).flatMap((one) => flag(object(one)?.[field]) ?? [])
  return told.length > 0 ? told.includes(true) : undefined
}
