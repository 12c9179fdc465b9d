import { assert, assertEquals, assertLess } from "@std/assert"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { countTokens } from "gpt-tokenizer/encoding/o200k_base"
import type { CompletionRequest } from "../../../src/domain/Completion.ts"
import { roughPrompt } from "../../../src/ledger/tokens/prompt.ts"
import { make, TokenCounter } from "../../../src/ledger/tokens/TokenCounter.ts"
import { law, liveTest, test } from "../../kit/effect.ts"
import { languages } from "./languages.ts"
import { args, call, reasoning, text, writtenOf } from "./written.ts"

const counter = await Effect.runPromise(
  Effect.provide(
    Effect.gen(function* () {
      return yield* TokenCounter
    }),
    TokenCounter.layer
  )
)

const countOf = (said: string) => counter.count(writtenOf(said === "" ? [] : [text(said)]))
/** What the tokenizer says of the text as a whole. */
const wholeOf = (said: string) => countTokens(said, { disallowedSpecial: new Set() })

for (const [language, said] of Object.entries(languages)) {
  test(`counting ${language} comes within 3 % of the tokenizer's own count`, () =>
    Effect.gen(function* () {
      const [tokens, whole] = [yield* countOf(said), wholeOf(said)]
      console.log(`  ${tokens} of ${whole}: ${((tokens / whole - 1) * 100).toFixed(1)} %`)
      assert(whole >= 200, `${whole} tokens`)
      // Japanese puts no spaces between words, and little else.
      assertLess(Math.abs(tokens / whole - 1), language === "Japanese" ? 0.06 : 0.03)
    }))
}

/** Whether no beginning of `said` counts more than a longer one, and none nothing. */
const isMonotone = (said: string) =>
  Effect.gen(function* () {
    let before = 0
    for (let end = 1; end <= said.length; end++) {
      const tokens = yield* countOf(said.slice(0, end))
      if (tokens < before || tokens < 1) return false
      before = tokens
    }
    return true
  })

test("a later cut never costs less, wherever an ordinary text is cut", () =>
  Effect.gen(function* () {
    for (const said of Object.values(languages)) assert(yield* isMonotone(said.slice(0, 400)))
  }))

const snippets = [
  ...["a", "word", "isn't", "'", "Ünïcode", "camelCase", "HTTPServer", "Donaudampfschifffahrt"],
  ...[" ", "  ", "\t", "\n", "\r\n", "\n\n\n", "\u00a0", "\u3000", "\ufeff"],
  ...["0", "1234567", "3.14", ".", ", ", "...", "»", "=> {", "//", "/*\n*/", "----------------"],
  ...["人", "人工智能的发展", "ひらがなとカタカナー", "한국어", "ภาษาไทย", "العربية", "हिन्दी"],
  ...["🙂", "👩‍👩‍👧", "🇩🇪", "𝒳", "𠀀", "e\u0301", "\ud83d", "\ude42", "\ud835", "\u0301"],
  ...["<|endoftext|>", "<|im_start|>", "\u0000", "x".repeat(200), "!".repeat(200), "人".repeat(30)]
]

law(
  "a later cut never costs less, wherever any text is cut, be it in the middle of a character",
  Schema.Array(Schema.Literals(snippets)).check(Schema.isMaxLength(20)),
  (pieces) => isMonotone(pieces.join(""))
)

law("nor does it in random texts", Schema.String, (said) => isMonotone(said))

test("nothing at all is too strange to be counted", () =>
  Effect.gen(function* () {
    for (let unit = 0; unit <= 0xffff; unit += 16) {
      const units = Array.from({ length: 16 }, (_, at) => String.fromCharCode(unit + at))
      assert((yield* countOf(units.join(" "))) > 0)
      assert((yield* countOf(units.join(""))) > 0)
    }
  }))

test("what looks like a special token is text like any other", () =>
  Effect.gen(function* () {
    const said = "<|endoftext|> and <|im_start|>system<|im_end|> are written so. Yes"
    assertEquals(yield* countOf(said), wholeOf(said))
    assert(wholeOf("<|endoftext|>") > 3)
  }))

test("choices and kinds are counted apart, and add up", () =>
  Effect.gen(function* () {
    const parts = [reasoning("Let me think about it"), text("Hello to you"), text("Good day", 1)]
    const tool = [call("look_up"), args('{"city":'), args('"Paris"}')]
    let sum = yield* counter.count(writtenOf(tool))
    for (const part of parts) sum += yield* counter.count(writtenOf([part]))
    assertEquals(yield* counter.count(writtenOf([...parts, ...tool])), sum)
  }))

test("what was written and cannot be read is a token, and nothing is none", () =>
  Effect.gen(function* () {
    const data = { dialect: "anthropic", value: "opaque" } as const
    const redacted = writtenOf([{ _tag: "ReasoningRedacted", choice: 0, data }])
    assertEquals(yield* counter.count(redacted), 1)
    assertEquals(yield* counter.count(writtenOf([])), 0)
    assertEquals(yield* countOf("\ud83d"), 1)
  }))

test("what is beyond the capacity of a text is counted too", () =>
  Effect.gen(function* () {
    const few = yield* counter.count(writtenOf([text("one two three four")], 13))
    const many = yield* counter.count(writtenOf([text("one two three four" + "x".repeat(40))], 13))
    assertEquals([few, many], [3 + 2, 3 + 12])
  }))

const asking: CompletionRequest = {
  model: "any",
  messages: [
    { role: "system", content: [{ type: "text", text: "Be brief." }] },
    { role: "user", content: [{ type: "text", text: languages.German ?? "" }] },
    {
      role: "assistant",
      content: [],
      reasoning: [],
      toolCalls: [{ id: "1", name: "look_up", arguments: '{"city":"Wien"}' }]
    }
  ],
  parameters: { tools: [{ name: "look_up", description: "Looks up a city" }] },
  dropUnsupported: false
}

test("a request counts its messages, its tool calls and its tools, each a little besides", () =>
  Effect.gen(function* () {
    const texts = ["Be brief.", languages.German ?? "", "look_up", '{"city":"Wien"}']
    texts.push(JSON.stringify(asking.parameters.tools?.[0]))
    const sum = texts.reduce((sum, said) => sum + wholeOf(said), 0)
    assertEquals(yield* counter.countRequest(asking), sum + 4 * 4)
    assertLess(Math.abs(roughPrompt(asking) / sum - 1), 0.25)
  }))

test("no text can make a segment long, for the tokenizer takes quadratic time over it", () =>
  Effect.gen(function* () {
    let longest = 0
    let spent = 0
    const fake = yield* make(Effect.succeed((segment) => {
      longest = Math.max(longest, segment.length)
      spent += segment.length ** 2
      return 1
    }))
    for (
      const said of ["a", "A", "aA", "!", " ", "\n", "人", "🙂", "'", "0", "\u0301", "ก", "!a", "ع"]
    ) {
      // Once by itself, and once as what follows something else.
      yield* fake.count(writtenOf([text(`${said.repeat(10_000)} and the end`)]))
      yield* fake.count(writtenOf([text(`!${said.repeat(10_000)} and the end`)]))
    }
    assert(longest > 60 && longest <= 256, `${longest}`)
    assertLess(spent, 2 * 14 * 20_000 * 256)
  }))

liveTest("counting a long text leaves room for other work", () =>
  Effect.gen(function* () {
    let turns = 0
    const other = setInterval(() => turns++, 0)
    const long = "How much wood would a woodchuck chuck? ".repeat(25_000)
    const tokens = yield* Effect.ensuring(countOf(long), Effect.sync(() => clearInterval(other)))
    assert(turns >= 10, `${turns} turns`)
    assertLess(Math.abs(tokens / (wholeOf(long.slice(0, 39_000)) * 25) - 1), 0.01)
  }))

test("the tokenizer is loaded once, when it is first needed, for all who ask meanwhile", () =>
  Effect.gen(function* () {
    let loads = 0
    const gate = yield* Deferred.make<void>()
    const lazy = yield* make(Effect.gen(function* () {
      loads++
      yield* Deferred.await(gate)
      return () => 7
    }))
    assertEquals(yield* lazy.count(writtenOf([])), 0)
    assertEquals([roughPrompt(asking) > 0, loads], [true, 0])
    const one = writtenOf([text("Hello there")])
    const first = yield* Effect.forkChild(lazy.count(one), { startImmediately: true })
    const second = yield* Effect.forkChild(lazy.count(one), { startImmediately: true })
    // Whoever leaves while it is loaded spoils it for nobody.
    const leaving = yield* Effect.forkChild(Fiber.interrupt(first), { startImmediately: true })
    yield* Deferred.succeed(gate, undefined)
    yield* Fiber.join(leaving)
    assertEquals(yield* Fiber.join(second), 8)
    assertEquals(yield* lazy.count(one), 8)
    assertEquals(loads, 1)
  }))

for (
  const [how, load] of [
    ["fails", Effect.fail("no such module")],
    ["crashes", Effect.die("out of memory")]
  ] as const
) {
  test(`where loading ${how}, a rule of thumb counts, and that is told once`, () =>
    Effect.gen(function* () {
      const told: Array<unknown> = []
      const ear = Logger.make(({ message }) => void told.push(message))
      yield* Effect.gen(function* () {
        const rough = yield* make(load)
        const written = writtenOf([text("12345678"), text("人工")])
        assertEquals(yield* rough.count(written), 4)
        assertEquals(yield* rough.count(written), 4)
        assertEquals(yield* rough.countRequest(asking), roughPrompt(asking))
      }).pipe(Effect.provide(Logger.layer([ear])))
      assertEquals(told.length, 1)
    }))
}

test("the tokenizer is loaded a second after the start, before anybody waits for it", () =>
  Effect.gen(function* () {
    const { count } = yield* TokenCounter
    yield* TestClock.adjust("1 second")
    // What it waits for is there already, and is told in some turn of the event loop.
    yield* Effect.promise(() => import("gpt-tokenizer/encoding/o200k_base"))
    yield* Effect.promise(() => new Promise((turn) => setTimeout(turn, 0)))
    const exit = Effect.runSyncExit(count(writtenOf([text("Hello, dear reader")])))
    assertEquals(exit, Exit.succeed(4))
  }).pipe(Effect.provide(TokenCounter.layer)))
