/**
 * What `src` does without, each with the reason. Where it cannot, `deno-lint-ignore penstock/banned`
 * stands above the line, followed by why.
 *
 * @module
 */

const banned: Record<string, string> = {
  "ThrowStatement": "Fail with a tagged error: a throw is not in the type",
  "TryStatement": "Use Effect.try or Effect.catchTag: a catch clause forgets the type of the error",
  "AwaitExpression": "Yield an effect: a promise cannot be interrupted",
  "TSAsExpression:not([typeAnnotation.typeName.name='const'])":
    "Decode or narrow: a cast is a guess",
  "TSNonNullExpression": "Handle the absent case: an exclamation mark is a guess",
  "MemberExpression[object.name='Date']": "Use Clock: tests cannot move Date",
  "NewExpression[callee.name='Date']": "Use DateTime: tests cannot move Date",
  "MemberExpression[object.name='console']": "Use Effect.log: it knows the span and the level"
}

/** The rules, for the `lint.plugins` of `deno.json`. */
export default {
  name: "penstock",
  rules: {
    banned: {
      create: (context) =>
        context.filename.includes("/src/")
          ? Object.fromEntries(
            Object.entries(banned).map(([selector, message]) => [
              selector,
              (node: Deno.lint.Node) => context.report({ node, message })
            ])
          )
          : {}
    }
  }
} satisfies Deno.lint.Plugin
