/**
 * The least that a gateway can do that reads what it carries: it parses the request, writes the
 * provider's, parses the provider's answer and writes its own. Nothing is checked, and nobody is
 * asked who they are. It is the `raw` of the measurements that the target was taken from.
 *
 * @module
 */
const [port, upstream] = Deno.args

const headers = {
  "content-type": "application/json",
  authorization: "Bearer x",
  "accept-encoding": "identity"
}

Deno.serve({ hostname: "127.0.0.1", port: Number(port), onListen: () => {} }, async (request) => {
  const { model, messages, stream } = JSON.parse(await request.text())
  const hangUp = new AbortController()
  request.signal.addEventListener("abort", () => hangUp.abort())
  const answer = await fetch(`${upstream}/v1/chat/completions`, {
    method: "POST",
    headers,
    body: JSON.stringify({ model, messages, stream }),
    redirect: "manual",
    signal: hangUp.signal
  })
  if (stream) return new Response(answer.body, { headers: { "content-type": "text/event-stream" } })
  const { id, choices, usage } = JSON.parse(await answer.text())
  return new Response(JSON.stringify({ id, model, choices, usage }), {
    headers: { "content-type": "application/json", "x-request-id": id }
  })
})
