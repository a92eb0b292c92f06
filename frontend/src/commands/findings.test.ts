import { describe, expect, it } from "vitest";
import { type Finding, pageOf } from "./findings";

const finding = (given: Partial<Finding>): Finding => ({
  kind: "order",
  id: "o1",
  title: "N-1001",
  detail: "",
  channel: "",
  exact: true,
  conversation_id: null,
  ...given,
});

describe("where a finding leads", () => {
  it("leads to the page that shows its kind", () => {
    expect(pageOf(finding({}))).toBe("/orders?view=all&order=o1");
    expect(pageOf(finding({ kind: "variant", title: "MUG & 1" }))).toBe(
      "/stock?q=MUG%20%26%201&sku=MUG%20%26%201",
    );
    expect(pageOf(finding({ kind: "conversation", id: "c1", conversation_id: "c1" }))).toBe(
      "/inbox/c1?queue=all",
    );
  });
  it("leads from a customer to their last conversation, else to their orders", () => {
    expect(pageOf(finding({ kind: "customer", id: "u1", conversation_id: "c9" }))).toBe(
      "/inbox/c9?queue=all",
    );
    expect(pageOf(finding({ kind: "customer", id: "u1", title: "Rina" }))).toBe("/orders?view=all&q=Rina");
  });
});
