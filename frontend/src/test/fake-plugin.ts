/** Serves the in-memory counter from the development server, live line included. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Plugin, PreviewServer, ViteDevServer } from "vite";
import { type WebSocket, WebSocketServer } from "ws";
import { FakeCounter } from "./fake-counter";

const VIEWERS = [
  { member_id: "member-rp", replying: false },
  { member_id: "member-pm", replying: true },
];

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const part of request) text += part;
  return text ? JSON.parse(text) : undefined;
}

export function fakeCounter(): Plugin {
  const counter = new FakeCounter(process.env.FAKE_DEMO ? { demo: true } : {});
  const lines = new Set<WebSocket>();
  counter.onChange((kind, id, row) => {
    counter.seq += 1;
    const frame = JSON.stringify({
      type: "change",
      seq: counter.seq,
      kind,
      id,
      version: row.version,
      data: row,
    });
    for (const line of lines) line.send(frame);
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://counter.test");
    const { status, body } = counter.answer({
      method: request.method ?? "GET",
      path: url.pathname,
      query: url.searchParams,
      body: await bodyOf(request),
    });
    response.statusCode = status;
    response.setHeader("content-type", "application/json");
    response.end(body === undefined ? "" : JSON.stringify(body));
  };
  const attach = ({ middlewares, httpServer }: PreviewServer | ViteDevServer): void => {
    middlewares.use("/api/v1", (request, response) => void answer(request, response));
    const sockets = new WebSocketServer({ noServer: true });
    httpServer?.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (request.url !== "/live") return;
      sockets.handleUpgrade(request, socket, head, (line) => greet(line, counter, lines));
    });
  };
  return { name: "fake-counter", configureServer: attach, configurePreviewServer: attach };
}

function greet(line: WebSocket, counter: FakeCounter, lines: Set<WebSocket>): void {
  lines.add(line);
  line.on("close", () => lines.delete(line));
  const send = (frame: object) => line.send(JSON.stringify(frame));
  send({ type: "hello", proto: 1, latest: counter.seq, oldest: 1, heartbeat_s: 25, conn: "fake" });
  line.on("message", (raw) => {
    const frame = JSON.parse(String(raw)) as { type: string };
    if (frame.type === "resume") {
      send({ type: "caught_up", cursor: counter.seq });
      send({ type: "presence", conversation_id: "conversation-4127", viewers: VIEWERS });
      send({
        type: "presence",
        conversation_id: "conversation-4124",
        viewers: [{ member_id: "member-th", replying: false }],
      });
    }
    if (frame.type === "ping") send({ type: "pong" });
  });
}
