/**
 * How our tests run: on virtual time, and blind to the environment.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import { assertEquals } from "@std/assert"

const services = Layer.merge(
  TestClock.layer(),
  ConfigProvider.layer(ConfigProvider.fromUnknown({}))
)

/** A test; its clock stands still until `TestClock.adjust` moves it. */
export const test = <E>(
  name: string,
  body: () => Effect.Effect<void, E, Scope.Scope | TestClock.TestClock>
): void =>
  Deno.test(name, () => Effect.runPromise(Effect.scoped(body()).pipe(Effect.provide(services))))

/** A test on real time, for what has real sockets or processes; `options` are those of `Deno.test`. */
export const liveTest = <E>(
  name: string,
  body: () => Effect.Effect<void, E, Scope.Scope>,
  options: Pick<Deno.TestDefinition, "ignore" | "sanitizeOps" | "sanitizeResources"> = {}
): void => Deno.test({ ...options, name, fn: () => Effect.runPromise(Effect.scoped(body())) })

/**
 * A law: a property of every value of `schema`. The counter-example shown is the smallest found,
 * with the seed that finds it again.
 */
export const law = <S extends Schema.Constraint, E>(
  name: string,
  schema: S,
  holds: (value: S["Type"]) => boolean | Effect.Effect<boolean, E>
): void =>
  test(name, () =>
    Arbitrary.checkEffect(Arbitrary.schema(schema), holds).pipe(
      Effect.map((result) => assertEquals(Arbitrary.formatCheckFailure(result), undefined))
    ))
