/**
 * Between our door and the router behind it.
 *
 * @module
 */

/** A request as the router gets it: its body is JSON that was looked at, or absent. */
export const rewritten = (
  { headers: given }: Request,
  method: string,
  target: string,
  body: unknown
): Request => {
  const headers = new Headers(given)
  headers.delete("content-length")
  headers.delete("transfer-encoding")
  return new Request(`http://localhost${target}`, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body)
  })
}

/** A response of the router, with the request's id; for HEAD without its body. */
export const named = (response: Response, requestId: string, bodiless: boolean): Response => {
  const headers = new Headers(response.headers)
  headers.set("x-request-id", requestId)
  // Nobody will read it: what makes it is to stop.
  if (bodiless) response.body?.cancel()
  return new Response(bodiless ? null : response.body, { status: response.status, headers })
}
