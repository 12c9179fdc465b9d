import { assert, assertEquals } from "@std/assert"
import * as Schema from "effect/Schema"
import type { How } from "../../../src/gateway/resume/plan.ts"
import { law } from "../../kit/effect.ts"
import {
  cutAt,
  cutUp,
  lettersOf,
  Share,
  sharedLengths,
  Sizes,
  splice,
  type Spliced,
  Words
} from "./pieces.ts"

/** It stands nowhere else: whoever begins with it begins anew. */
const opening = "Once upon a midnight dreary "

const hows = ["prefill", "instruction"] as const

/** How often each law met a case that it speaks about. */
const met = new Map<string, number>()
const meet = (what: string) => met.set(what, (met.get(what) ?? 0) + 1)

/** Deltas are well-formed, and none is empty. */
const isSound = ({ deltas }: Spliced): boolean =>
  deltas.every((delta) => delta._tag === "Text" && delta.text !== "" && delta.text.isWellFormed())

const isPlain = (how: How, before: string, after: string): boolean =>
  after.length > 0 && (how === "prefill" ||
    sharedLengths(before, after).every((length) => lettersOf(after.slice(0, length)) < 3))

law(
  "an overlap of ten letters or more is trimmed, wherever the text was cut and however it comes",
  Schema.Struct({ words: Words(30), cut: Share, back: Share, sizes: Sizes }),
  ({ words, cut, back, sizes }) => {
    const whole = opening + words.join("")
    const [delivered] = cutAt(whole, cut)
    const [, repeated] = cutAt(delivered.slice(-200), back)
    if (!repeated.isWellFormed()) return true
    const core = repeated.trim()
    const before = delivered.trim()
    const continuation = whole.slice(delivered.length - repeated.length)
    const lengths = sharedLengths(before, continuation.trimStart())
    // Nobody can tell where a text goes round in itself.
    const unclear = lengths.some((length) => length > core.length) ||
      sharedLengths(core, core).length > 1 ||
      before.slice(0, before.length - core.length).trimEnd().endsWith(core)
    if (lettersOf(core) < 10 || unclear) return true
    meet("overlap")
    const spliced = splice("instruction", delivered, cutUp(continuation, sizes))
    assertEquals(delivered + spliced.text, whole)
    return spliced.joined === "ok" && isSound(spliced)
  }
)

law(
  "a restart is followed and delivered from where the text was left",
  Schema.Struct({ words: Words(20), cut: Share, sizes: Sizes, how: Schema.Literals(hows) }),
  ({ words, cut, sizes, how }) => {
    const [begun, rest] = cutAt(words.join(""), cut)
    const delivered = opening + begun
    const spliced = splice(how, delivered, cutUp(delivered + rest, sizes))
    meet("restart")
    assertEquals(delivered + spliced.text, delivered + rest)
    return spliced.joined === "ok" && isSound(spliced)
  }
)

law(
  "a restart that becomes another text delivers nothing, and says so",
  Schema.Struct({ words: Words(5), cut: Share, sizes: Sizes, how: Schema.Literals(hows) }),
  ({ words, cut, sizes, how }) => {
    const delivered = `${opening}${words.join("")}end`
    const [same] = cutAt(delivered.slice(opening.length, -1), cut)
    const { text, joined } = splice(how, delivered, cutUp(`${opening}${same}§ and on`, sizes))
    return text === "" && joined === "diverged"
  }
)

law(
  "without a repetition nothing is eaten but white space that is there already",
  Schema.Struct({ words: Words(5), more: Words(1), sizes: Sizes, how: Schema.Literals(hows) }),
  ({ words, more, sizes, how }) => {
    const delivered = opening + words.join("")
    const continuation = more.join("")
    if (!isPlain(how, delivered.trim(), continuation.trimStart())) return true
    meet("plain")
    const spliced = splice(how, delivered, cutUp(continuation, sizes))
    const eaten = continuation.slice(0, continuation.length - spliced.text.length)
    const gap = delivered.slice(delivered.trimEnd().length)
    assert(gap.startsWith(eaten))
    assertEquals(eaten + spliced.text, continuation)
    if (eaten.length < gap.length) assert(continuation[eaten.length] !== gap[eaten.length])
    return spliced.joined === "ok" && isSound(spliced)
  }
)

law(
  "a model that goes on from a prefill without its last white space gives the whole text",
  Schema.Struct({ words: Words(10), cut: Share, sizes: Sizes }),
  ({ words, cut, sizes }) => {
    const whole = opening + words.join("")
    const [delivered] = cutAt(whole, cut)
    const prefill = delivered.trimEnd()
    if (prefill.length < opening.length) return true
    meet("prefill")
    const spliced = splice("prefill", delivered, cutUp(whole.slice(prefill.length), sizes))
    assertEquals(delivered + spliced.text, whole)
    return spliced.joined === "ok" && isSound(spliced)
  }
)

/** Few words, so that they meet again in every way. */
const Few = Schema.Array(
  Schema.Literals(["ha", "alpha", "beta ", " ", "\n", "gamma delta epsilon ", "水", "🎉"])
).check(Schema.isMinLength(4), Schema.isMaxLength(30))

law(
  "however a continuation is split, the same comes of it",
  Schema.Struct({
    said: Few,
    isAnew: Schema.Boolean,
    from: Share,
    length: Share,
    more: Few,
    sizes: Sizes,
    how: Schema.Literals([...hows, "scratch"])
  }),
  ({ said, isAnew, from, length, more, sizes, how }) => {
    const before = (isAnew ? opening : "") + said.join("")
    const delivered = how === "scratch" ? "" : before
    const [, end] = cutAt(before, isAnew ? 0 : from)
    const [begun] = cutAt(end, length)
    const continuation = begun + more.join("")
    const whole = splice(how, delivered, [continuation])
    const split = splice(how, delivered, cutUp(continuation, sizes))
    const single = splice(how, delivered, cutUp(continuation, [1]))
    meet(whole.joined)
    if (whole.text !== continuation) meet("trimmed")
    assertEquals([split.text, split.joined], [whole.text, whole.joined])
    assertEquals([single.text, single.joined], [whole.text, whole.joined])
    assert(continuation.endsWith(whole.text))
    return isSound(split) && isSound(single)
  }
)

law(
  "long texts are split alike too",
  Schema.Struct({ words: Words(60), from: Share, cut: Share, more: Words(20), sizes: Sizes }),
  ({ words, from, cut, more, sizes }) => {
    const delivered = opening + words.join("").repeat(3)
    const [, end] = cutAt(delivered, from)
    const [begun] = cutAt(end, cut)
    for (const how of hows) {
      const continuation = begun + more.join("")
      const whole = splice(how, delivered, [continuation])
      const split = splice(how, delivered, cutUp(continuation, sizes))
      assertEquals([split.text, split.joined], [whole.text, whole.joined])
    }
    return true
  }
)

Deno.test("the laws above spoke about enough cases", () => {
  for (const what of ["overlap", "restart", "plain", "prefill", "diverged", "trimmed"]) {
    assert((met.get(what) ?? 0) >= 1, what)
  }
})
