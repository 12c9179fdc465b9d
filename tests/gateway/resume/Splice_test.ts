import { assert, assertEquals } from "@std/assert"
import type { Delta } from "../../../src/domain/Delta.ts"
import * as Splice from "../../../src/gateway/resume/Splice.ts"
import { splice, text, textOf } from "./pieces.ts"

const signature = { dialect: "anthropic", value: "s" } as const
const usage = {
  promptTokens: 1,
  completionTokens: 1,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  source: "reported"
} as const

/** What is delivered after `delivered`, of a continuation that was asked for by an instruction. */
const instructed = (delivered: string, continuation: string): string => {
  const { text, joined } = splice("instruction", delivered, [continuation])
  assertEquals(joined, "ok")
  return text
}

const opening = "Water is let through the gate"

Deno.test("what the continuation repeats of the end is not delivered twice", () => {
  const cases = [
    ["It said: the quick brown fox", "the quick brown fox jumps", " jumps"],
    ["It said: the quick bro", "the quick brown fox", "wn fox"],
    ["It said: the gate opened by the", "the gate opened by the wheel", " wheel"],
    ["It said: the quick brown ", "the quick brown fox", "fox"],
    ["It said: the quick brown\n\n", "\nthe quick brown\n\nfox", "fox"],
    ["北京是中国的首都", "中国的首都，人口很多", "，人口很多"],
    ["그것은 물레방아를 돌린", "물레방아를 돌린다", "다"]
  ] as const
  for (const [before, after, rest] of cases) assertEquals(instructed(before, after), rest)
})

Deno.test("a last word that was broken off and is said again as a whole is put together", () => {
  assertEquals(instructed("The capital is Par", "Paris, of course"), "is, of course")
  assertEquals(instructed("Then the cat sat", "cat sat on the mat"), " on the mat")
  // Here the white space shows that it is meant.
  assertEquals(instructed("It is very ", "very good"), "very good")
  assertEquals(instructed("It is very", " very good"), " very good")
  // Two letters may be a syllable.
  assertEquals(instructed("And she said ha", "ha and left"), "ha and left")
  // The end of a longer word is no word.
  assertEquals(instructed("This is a platform", "form to fill in"), "form to fill in")
})

Deno.test("what people do say twice is delivered twice", () => {
  const cases = [
    ["He laughed: ha", " ha ha"],
    ["He laughed: haha", "haha"],
    ["He laughed: ha ha ha ha ha ha ha", " ha ha ha ha ha"],
    ["It goes on and on and ", "on and on"],
    ["It came again and ", "again and again"],
    ["New York, ", "New York"],
    ["No, no", ", no"],
    ["x = f(max(", "max(1, 2), 3)"],
    ["y = (max", "(max + 1) / 2"],
    ["天气好，看", "看书去"],
    ["我们去 OK吧", "OK吧，走"],
    ["他笑着说哈哈", "哈哈"],
    ["我们来研究", "研究吧"],
    [
      "Chorus:\nWe will, we will rock you\nWe will, we will rock you\n",
      "We will, we will rock you\n"
    ],
    ["| a | b |\n| --- | --- ", "| --- |"],
    ["Title\n==============", "=============="],
    ["if (a) {\n  if (b) {\n    x\n        }\n", "        }\n"],
    ["<ul><li></li></ul></div></section>", "</section></main>"],
    ["0.000000000000", "000000000000"],
    ["🎉✨🎉✨", "🎉✨🎉✨"]
  ] as const
  for (const [before, after] of cases) assertEquals(instructed(before, after), after, before)
})

Deno.test("white space that is there already is not delivered again", () => {
  for (const how of ["prefill", "instruction"] as const) {
    const after = (delivered: string, ...pieces: ReadonlyArray<string>) =>
      splice(how, delivered, pieces).text
    assertEquals(after("One.\n\n", "\n\nTwo."), "Two.")
    assertEquals(after("One.\n", "\n", "\nTwo."), "\nTwo.")
    assertEquals(after("One.\n\n", "\nTwo."), "Two.")
    assertEquals(after("One. ", "Two."), "Two.")
    assertEquals(after("One.", " Two."), " Two.")
    assertEquals(after("Unbe", "lievable"), "lievable")
    assertEquals(after("One.\n  ", "\n    Two."), "  Two.")
    assertEquals(after(" \n", " \nOne."), "One.")
    assertEquals(after("One. ", "  "), " ")
  }
})

Deno.test("an answer that begins anew is followed, and delivered from where it was left", () => {
  for (const how of ["prefill", "instruction"] as const) {
    const long = `${opening}, ${Array.from({ length: 200 }, (_, at) => `number ${at}`).join(", ")}`
    assertEquals(splice(how, long, [`${long}. And so on.`]).text, ". And so on.")
    assertEquals(splice(how, `${opening} `, [`\n${opening} slowly`]).text, "slowly")
    assertEquals(splice(how, "Yes", ["Yes, it is"]).text, ", it is")
    assertEquals(splice(how, opening, [opening]), { text: "", joined: "ok", deltas: [] })
    // Two letters are too few to tell.
    assertEquals(splice(how, "ha", ["ha ha"]).text, "ha ha")
  }
})

Deno.test("an answer that begins anew and becomes another one is not delivered at all", () => {
  for (const how of ["prefill", "instruction"] as const) {
    const other = [`${opening} quickly`, ", and then some"]
    const diverged = { text: "", joined: "diverged", deltas: [] } as const
    assertEquals(splice(how, `${opening} slowly`, other), diverged)
    assertEquals(splice(how, `${opening} slowly`, [`${opening} slow`]), diverged)
    const long = `${opening}, ${"and so it went on, day after day, ".repeat(30)}`
    assertEquals(splice(how, long, [long.slice(0, 700), "!"]), diverged)
    assertEquals(splice(how, long, [long.slice(0, 700), "!".repeat(999)]), diverged)
    assertEquals(splice(how, long, [long.slice(0, 700)]), diverged)
  }
})

Deno.test("a list whose entries begin alike is gone on with", () => {
  const entry = (name: string) => `{"type":"message","content":"${name}"}\n`
  const list = ["one", "two", "three"].map(entry).join("")
  for (const how of ["prefill", "instruction"] as const) {
    assertEquals(splice(how, list, [entry("four")]), {
      text: entry("four"),
      joined: "ok",
      deltas: [text(entry("four"))]
    })
  }
})

Deno.test("the end of the text is meant where its beginning is the same", () => {
  const refrain = "Row, row, row your boat, gently down the stream"
  const song = `${refrain}. Merrily, life is but a dream. ${refrain}`
  assertEquals(instructed(song, `${refrain}. Again!`), ". Again!")
})

Deno.test("a prefill is gone on with as it is, whatever the seam looks like", () => {
  assertEquals(
    splice("prefill", "the quick brown fox", ["quick brown fox"]).text,
    "quick brown fox"
  )
  assertEquals(splice("prefill", "the cat sat", ["sat on"]).text, "sat on")
})

Deno.test("what cannot be a repetition is given out at once", () => {
  const seam = Splice.make("instruction", "Water is let through the gate")
  const out: Array<Delta> = []
  const fed = (piece: string) => {
    seam.feed(text(piece), out)
    return textOf(out)
  }
  assertEquals(fed("the"), "")
  assertEquals(fed(" "), "")
  assertEquals(fed("old "), "the old ")
  assertEquals(fed("gate"), "the old gate")
})

Deno.test("no more than 400 units are held back", () => {
  const words = Array.from({ length: 300 }, (_, at) => `w${at}`).join(" ")
  const seam = Splice.make("instruction", `${words} end`)
  const out: Array<Delta> = []
  const repeated = words.slice(-395)
  let fed = 0
  for (const letter of `${repeated}${"!".repeat(50)}`) {
    seam.feed(text(letter), out)
    fed++
    assert(fed - textOf(out).length <= 400)
  }
  assertEquals(textOf(out).length, fed)
  const blank: Array<Delta> = []
  const spaces = Splice.make("prefill", "word")
  for (let at = 0; at < 400; at++) spaces.feed(text(" "), blank)
  assertEquals(textOf(blank).length, 400)
})

Deno.test("reasoning is dropped, and usage goes through while text is held back", () => {
  for (const how of ["prefill", "instruction", "scratch"] as const) {
    const seam = Splice.make(how, how === "scratch" ? "" : "The gate")
    const out: Array<Delta> = []
    const deltas: ReadonlyArray<Delta> = [
      { _tag: "Reasoning", choice: 0, text: "Hm" },
      { _tag: "ReasoningSignature", choice: 0, signature },
      { _tag: "ReasoningRedacted", choice: 0, data: signature },
      text("The"),
      { _tag: "Usage", usage }
    ]
    for (const delta of deltas) assertEquals(seam.feed(delta, out), "ok")
    assertEquals(seam.finish(out), "ok")
    assertEquals(textOf(out), "The")
    assertEquals(out.length, 2)
    assert(out.some(({ _tag }) => _tag === "Usage"))
  }
})

Deno.test("what is held back comes before a tool call, a foreign part and the end", () => {
  const call: Delta = { _tag: "ToolCallStart", choice: 0, index: 0, id: "c", name: "look" }
  const end: Delta = { _tag: "Finish", choice: 0, reason: "stop" }
  const foreign: Delta = { _tag: "Foreign", choice: 0, dialect: "gemini", part: {} }
  for (const delta of [call, foreign, end]) {
    const seam = Splice.make("instruction", "Water is let through the gate")
    const out: Array<Delta> = []
    seam.feed(text("the"), out)
    assertEquals(out, [])
    assertEquals(seam.feed(delta, out), "ok")
    assertEquals(out, [text("the"), delta])
    assertEquals(seam.finish(out), "ok")
    assertEquals(out.length, 2)
  }
})

Deno.test("an answer that begins anew and ends too soon has no end", () => {
  const seam = Splice.make("instruction", `${opening} slowly`)
  const out: Array<Delta> = []
  assertEquals(seam.feed(text(opening), out), "ok")
  assertEquals(seam.feed({ _tag: "Finish", choice: 0, reason: "stop" }, out), "diverged")
  assertEquals(seam.feed(text("more"), out), "diverged")
  assertEquals(seam.finish(out), "diverged")
  assertEquals(out, [])
})
