import { describe, expect, it } from "vitest";
import type { Thread } from "../api/index";
import { judge, lengthOf } from "./rules";

const thread = (change: Partial<Thread> = {}): Thread => ({
  id: "t1",
  channel: "east",
  connection_id: "c1",
  connection_name: "East",
  to: "buyer",
  subject: "",
  reply_until_at: null,
  can_reply: true,
  block: null,
  text_limit: 10,
  text_unit: "characters",
  ...change,
});

describe("the composer's rules", () => {
  it("counts what the channel counts", () => {
    expect(lengthOf("café 🧵", "characters")).toBe(6);
    expect(lengthOf("café 🧵", "bytes")).toBe(10);
  });

  it("blocks what is too long and says by how much", () => {
    expect(judge({ text: "0123456789", thread: thread() })).toEqual({ kind: "allow" });
    expect(judge({ text: "0123456789ab", thread: thread() })).toEqual({
      kind: "block",
      why: "too_long",
      over: 2,
    });
    expect(judge({ text: "é".repeat(6), thread: thread({ text_unit: "bytes" }) })).toMatchObject({ over: 2 });
  });

  it("passes on the server's reason when nothing can be sent", () => {
    const block = { code: "window_closed", detail: "The time to answer here has passed.", fix: "" };
    const verdict = judge({ text: "hi", thread: thread({ can_reply: false, block }) });
    expect(verdict).toEqual({ kind: "block", why: "closed_window", reason: block.detail });
  });

  it.each([
    ["call +62 812 5550 142 please", "+62 812 5550 142"],
    ["0812-5550-1420", "0812-5550-1420"],
    ["write to a.b@shop.example", "a.b@shop.example"],
  ])("warns of contact details in %s", (text, found) => {
    const strict = thread({ text_limit: null, forbids_contact_details: true });
    expect(judge({ text, thread: strict })).toEqual({ kind: "warn", why: "contact", found });
    expect(judge({ text, thread: thread({ text_limit: null }) })).toEqual({ kind: "allow" });
  });

  it.each(["Order 27-12841-09933", "114-3941689-8772232", "It costs 1,020,000"])("lets %s pass", (text) => {
    const strict = thread({ text_limit: null, forbids_contact_details: true });
    expect(judge({ text, thread: strict })).toEqual({ kind: "allow" });
  });

  it("judges files by number, size and kind, as the channel's limits say", () => {
    const file = (change = {}) => ({ name: "a.png", size: 1000, media_type: "image/png", ...change });
    const takes = thread({ files_max: 1, file_bytes: 2000, file_types: ["image/*"] });
    expect(judge({ text: "", thread: takes, files: [file()] })).toEqual({ kind: "allow" });
    expect(judge({ text: "", thread: takes, files: [file(), file()] })).toEqual({
      kind: "block",
      why: "files",
      most: 1,
    });
    expect(judge({ text: "", thread: takes, files: [file({ size: 2001 })] })).toEqual({
      kind: "block",
      why: "file_size",
      name: "a.png",
      most: 2000,
    });
    expect(judge({ text: "", thread: takes, files: [file({ media_type: "text/plain" })] })).toEqual({
      kind: "block",
      why: "file_type",
      name: "a.png",
    });
  });
});
