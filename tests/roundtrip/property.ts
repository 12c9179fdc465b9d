/**
 * Properties of whatever an arbitrary makes.
 *
 * @module
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import { assertEquals } from "@std/assert"
import { test } from "../kit/effect.ts"

/**
 * A property of every value of `values`: `holds` throws where it does not hold. The counter-example
 * shown is the smallest found, with what finds it again.
 */
export const property = <A>(
  name: string,
  values: Arbitrary.Arbitrary<A>,
  holds: (value: A) => void,
  runs = 300
): void =>
  test(name, () =>
    Arbitrary.checkEffect(
      values,
      (value) => Effect.as(Effect.try({ try: () => holds(value), catch: said }), true),
      { runs }
    ).pipe(Effect.map((result) => assertEquals(Arbitrary.formatCheckFailure(result), undefined))))

const said = (cause: unknown): string => cause instanceof Error ? cause.message : String(cause)
