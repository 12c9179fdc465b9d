/**
 * The official clients of the great APIs, as the matrix asks all of them for the same things.
 *
 * @module
 */

/** Where a client asks, and for which model. */
export interface Place {
  /** Of the gateway, without a path. */
  readonly url: string
  readonly key: string
  readonly model: string
}

/** What a client made of an answer. */
export interface Said {
  readonly text: string
  /** Tokens read and written, as the client tells them. */
  readonly tokens: readonly [prompt: number | undefined, completion: number | undefined]
}

/** One official client, unmodified; it is given nothing but a base URL and a key. */
export interface Client {
  readonly name: string
  /** Asks `question` and takes the answer in one piece. */
  readonly whole: (place: Place) => Promise<Said>
  /** The same, streamed, and put together by the client itself. */
  readonly streamed: (place: Place) => Promise<Said>
  /** Lets the model call `weather`, runs it, and goes on until the model is done. */
  readonly tools: (place: Place, weather: (city: string) => string) => Promise<string>
  /** The same over streams. */
  readonly streamedTools: (place: Place, weather: (city: string) => string) => Promise<string>
  /** Asks, and tells the HTTP status of the error that the client throws; it is not to try again. */
  readonly refused: (place: Place) => Promise<number | undefined>
}

/** What every client asks. */
export const question = "How is the weather in Paris?"

/** The tool that every client offers. */
export const weatherTool = {
  name: "weather",
  description: "How the weather is in a city",
  parameters: {
    type: "object",
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false
  }
} as const

/** The city in a tool call's arguments. */
export const cityOf = (input: unknown): string => {
  const { city } = Object(input)
  if (typeof city !== "string") throw new TypeError(`No city in ${JSON.stringify(input)}`)
  return city
}

/** The status of the error that `ask` fails with; `undefined` where it is no error of a status. */
export const statusOf = (ask: Promise<unknown>, of: (error: unknown) => unknown) =>
  ask.then(
    () => undefined,
    (error) => {
      const status = of(error)
      return typeof status === "number" ? status : undefined
    }
  )

/** The field of an error that most clients tell the status by. */
export const statusField = (error: unknown): unknown => Object(error).status
