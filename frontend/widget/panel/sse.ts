/** Server-sent events of a fetch: an EventSource could not show a pass. */

export type Block = { name: string; id: string; data: string };

/** Blocks of a text/event-stream that carry data; one that was cut off is left. */
export async function* blocks(body: ReadableStream<Uint8Array>): AsyncGenerator<Block> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = parts.pop() ?? "";
    yield* parts.map(blockOf).filter(({ data }) => data !== "");
  }
}

function blockOf(part: string): Block {
  const found: Block = { name: "message", id: "", data: "" };
  for (const line of part.split("\n")) {
    if (line.startsWith("event: ")) found.name = line.slice(7);
    else if (line.startsWith("id: ")) found.id = line.slice(4);
    else if (line.startsWith("data: ")) found.data += line.slice(6);
  }
  return found;
}
