/**
 * The least that a gateway on Deno can do: `fetch` the upstream and hand its body on unread. What it
 * costs, every gateway on `Deno.serve` costs at least.
 *
 * @module
 */
const [port, upstream] = Deno.args

Deno.serve({ hostname: "127.0.0.1", port: Number(port), onListen: () => {} }, async (request) => {
  const { pathname } = new URL(request.url)
  const answer = await fetch(`${upstream}${pathname}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer x" },
    body: await request.text(),
    signal: request.signal
  })
  const type = answer.headers.get("content-type") ?? "application/json"
  return new Response(answer.body, { status: answer.status, headers: { "content-type": type } })
})
