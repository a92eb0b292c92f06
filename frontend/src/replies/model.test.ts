import { describe, expect, it } from "vitest";
import type { Macro } from "../api/index";
import { actsOf, choicesOf } from "./model";

const MACRO: Macro = {
  id: "m1",
  version: 1,
  name: "Late parcel",
  reply_id: "r1",
  tags: ["late", "parcel"],
  assign: "me",
  assignee_id: null,
  team_id: "t1",
  status: "snoozed",
  snooze_s: 259_200,
};

describe("a macro in its form", () => {
  it.each<Partial<Macro>>([
    {},
    { assign: "", assignee_id: "p1", status: "closed", snooze_s: null },
    { assign: "nobody", reply_id: null, team_id: null, tags: [], status: "", snooze_s: null },
  ])("comes back as it went in: %j", (part) => {
    const { id: _, version: __, ...acts } = { ...MACRO, ...part };
    expect(actsOf(choicesOf({ ...MACRO, ...part }))).toEqual(acts);
  });

  it("keeps each tag once and no empty one", () => {
    expect(actsOf({ ...choicesOf(null), tags: " late, ,late,parcel " }).tags).toEqual(["late", "parcel"]);
  });
});
