// @vitest-environment node
/** What a shop's page pays for the chat, and what it must not need. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { built, PARTS, SHEETS } from "./build.mjs";
import { blocks } from "./panel/sse";

describe("the built parts", () => {
  it.each(PARTS)("$file stays within its budget", async (part) => {
    const sheet = part.file === "panel.js" ? gzipSync(readFileSync(SHEETS[0] as string)).length : 0;
    const weight = gzipSync(await built(part)).length + sheet;
    expect(weight).toBeGreaterThan(500);
    expect(weight).toBeLessThanOrEqual(part.budget);
  });

  it("need no inline style, no eval and no cookie", async () => {
    for (const part of PARTS) {
      const code = await built(part);
      expect(code).not.toMatch(
        /innerHTML|insertAdjacentHTML|document\.cookie|\beval\(|new Function|setAttribute\("style"/,
      );
    }
  });
});

describe("the event stream", () => {
  const stream = (...pieces: string[]) => new Blob(pieces).stream() as ReadableStream<Uint8Array>;

  it("is read by blocks, whatever the pieces", async () => {
    const found = [];
    const body = stream(
      "retry: 2000\n\nevent: mess",
      "ages\nid: 7\ndata: [",
      "1]\n\n: still here\n\nevent: typing\ndata: {}\n\n",
    );
    for await (const block of blocks(body)) found.push(block);
    expect(found).toEqual([
      { name: "messages", id: "7", data: "[1]" },
      { name: "typing", id: "", data: "{}" },
    ]);
  });

  it("leaves a block that was cut off", async () => {
    const found = [];
    for await (const block of blocks(stream("event: messages\ndata: [1]\n"))) found.push(block);
    expect(found).toEqual([]);
  });
});
