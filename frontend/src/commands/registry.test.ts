import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { translator } from "../i18n/index";
import { usePreferences } from "./preferences";
import { type Command, enforce, listen } from "./registry";
import { search } from "./search";

const ran: string[] = [];
const command = (id: string, keys: readonly string[], word: Command["word"] = "act.close"): Command => ({
  id,
  word,
  group: "general",
  keys,
  run: () => ran.push(id),
});

const commands = [
  command("down", ["j"]),
  command("inbox", ["g i"]),
  command("palette", ["mod+k"]),
  command("help", ["?"]),
  command("note", ["shift+n"]),
  command("assign", ["a"]),
];

let stop: (() => void)[] = [];

beforeEach(() => {
  ran.length = 0;
  usePreferences.setState({ singleKeys: true });
  stop = [listen(window), enforce(commands)];
});

afterEach(() => {
  for (const end of stop) end();
  document.body.replaceChildren();
});

function press(
  key: string,
  more: KeyboardEventInit & { graph?: boolean } = {},
  target: EventTarget = document.body,
): void {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  Object.defineProperty(event, "getModifierState", {
    value: (name: string) => name === "AltGraph" && more.graph === true,
  });
  target.dispatchEvent(event);
}

describe("keys", () => {
  it("run commands: letters, signs, shifted letters and sequences", () => {
    press("j");
    press("?", { shiftKey: true });
    press("N", { shiftKey: true });
    press("g");
    press("i");
    press("k", { ctrlKey: true });
    expect(ran).toEqual(["down", "help", "note", "inbox", "palette"]);
  });

  it("are dead while someone types, but for those with Ctrl", () => {
    const field = document.createElement("textarea");
    document.body.append(field);
    press("j", {}, field);
    press("k", { metaKey: true }, field);
    expect(ran).toEqual(["palette"]);
  });

  it("never fire on AltGr, Alt or while a letter is composed", () => {
    press("j", { graph: true });
    press("j", { altKey: true });
    press("j", { isComposing: true });
    expect(ran).toEqual([]);
  });

  it("go by the key's place on a layout without Latin letters", () => {
    press("о", { code: "KeyJ" });
    expect(ran).toEqual(["down"]);
  });

  it("can be switched off, those with Ctrl stay", () => {
    usePreferences.setState({ singleKeys: false });
    press("j");
    press("k", { ctrlKey: true });
    expect(ran).toEqual(["palette"]);
  });

  it("forget half a sequence after another key", () => {
    press("g");
    press("x");
    press("i");
    expect(ran).toEqual([]);
  });

  it("let the newest layer win", () => {
    stop.push(enforce([command("other", ["j"])]));
    press("j");
    expect(ran).toEqual(["other"]);
  });
});

describe("the palette's search", () => {
  const t = translator("en");
  const list = [
    command("unassigned", [], "queue.unassigned"),
    command("assign", [], "act.assign"),
    command("take", [], "act.take"),
  ];

  it("puts the start of the name before the middle", () => {
    expect(search(list, "as", t).map(({ command: { id } }) => id)).toEqual(["assign", "take", "unassigned"]);
  });

  it("marks the part that was typed", () => {
    expect(search(list, "Assigned", t)).toMatchObject([{ label: "Unassigned", from: 2, length: 8 }]);
  });

  it("finds nothing for nonsense", () => {
    expect(search(list, "zebra", t)).toEqual([]);
  });
});
