/**
 * Signatures as Anthropic's clients keep them: in blocks of reasoning, which they send back as they
 * came. What another dialect signed says so, and so does the signature of a tool call, for which
 * Anthropic has no place of its own.
 *
 * @module
 */
import type { Signature } from "../../domain/Message.ts"
import * as Native from "../native/signature.ts"

/** A signature as clients see it: Anthropic's own as it is. */
export const show = (signature: Signature): string =>
  signature.dialect === "anthropic" ? signature.value : Native.show(signature)

/** A signature as a client sent it back; absent where there is none. */
export const read = (text: string | undefined): Signature | undefined =>
  text ? Native.read(text) ?? { dialect: "anthropic", value: text } : undefined

const ofCall = "tool:"

/** The signature of the tool call that follows, as the data of a redacted block before it. */
export const showOfCall = (signature: Signature): string => ofCall + Native.show(signature)

/** The signature of the tool call that follows, where such data hold one. */
export const readOfCall = (data: string): Signature | undefined =>
  data.startsWith(ofCall) ? Native.read(data.slice(ofCall.length)) : undefined

/** Whether Anthropic would take it for its own. */
export const isAnthropics = (text: string): boolean =>
  read(text)?.dialect === "anthropic" && readOfCall(text) === undefined
