import { describe, expect, it } from "vitest";
import { FakeClock } from "../test/fake-world";
import { Presence } from "./index";

describe("presence", () => {
  it("forgets who types after six seconds, counted from the last word", () => {
    const clock = new FakeClock();
    const presence = new Presence(clock);
    presence.setTyping("c", "dewi");
    clock.advance(5_000);
    presence.setTyping("c", "dewi");
    clock.advance(5_000);
    expect(presence.state().typing.c).toEqual(["dewi"]);
    clock.advance(1_000);
    expect(presence.state().typing.c).toEqual([]);
  });

  it("forgets them at once when what they typed arrives, and only them", () => {
    const presence = new Presence(new FakeClock());
    presence.setTyping("c", "dewi");
    presence.setTyping("c", "raka");
    presence.endTyping("c", "dewi");
    presence.endTyping("other", "raka");
    expect(presence.state().typing.c).toEqual(["raka"]);
  });

  it("forgets everybody when the line breaks", () => {
    const clock = new FakeClock();
    const presence = new Presence(clock);
    presence.setViewers("c", [{ member_id: "raka", replying: true }]);
    presence.setTyping("c", "raka");
    presence.clear();
    clock.advance(10_000);
    expect(presence.state()).toEqual({ viewers: {}, typing: {} });
  });
});
