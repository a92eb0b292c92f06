import { describe, expect, it } from "vitest";
import { chance, FakeClock, FakeLiveServer } from "../test/fake-world";
import { type Change, type LinkState, LiveLink } from "./index";

const STORMS_MS = 30_000;

function setUp(seed = 1) {
  const clock = new FakeClock();
  const server = new FakeLiveServer(clock, chance(seed));
  const rows = new Map<string, number>();
  const told: Change[] = [];
  const states: LinkState[] = [];
  const seen = { resets: 0, starts: [] as number[], presence: [] as unknown[] };
  const link = new LiveLink(server.world(), {
    changes: (changes) => {
      told.push(...changes);
      for (const { kind, id, version } of changes) rows.set(`${kind} ${id}`, version);
    },
    reset: () => {
      seen.resets += 1;
      for (const { kind, id, version } of server.changes) rows.set(`${kind} ${id}`, version);
    },
    startsAt: (seq) => seen.starts.push(seq),
    state: (state) => states.push(state),
    presence: (conversation, viewers) => seen.presence.push([conversation, viewers]),
    typing: () => undefined,
  });
  return { clock, server, link, rows, told, states, seen };
}

const phaseOf = (states: readonly LinkState[]) => states.at(-1)?.phase;

describe("the live line", () => {
  it("starts at the server's latest and is live once it has caught up; later it asks a little before its cursor", () => {
    const { clock, server, link, states, seen } = setUp();
    for (let version = 1; version <= 40; version += 1) server.commit("message", "m", version);
    link.start();
    server.flush();
    expect(server.heard[0]).toEqual({ type: "resume", cursor: 40 });
    expect(phaseOf(states)).toBe("replaying");
    server.flush();
    expect(phaseOf(states)).toBe("live");
    expect(seen.starts).toEqual([40]);
    expect(link.cursor).toBe(40);
    server.cut();
    clock.advance(1_000);
    server.flush();
    expect(server.heard.at(-1)).toEqual({ type: "resume", cursor: 8 });
  });

  it("tells what happened while it was away, once and in order, after the same cursor", () => {
    const { clock, server, link, told } = setUp();
    link.start();
    server.flush();
    server.flush();
    server.commit("message", "a", 1);
    server.flush();
    clock.advance(20);
    server.cut();
    for (const id of ["b", "c", "d"]) server.commit("message", id, 1);
    clock.advance(30_000);
    server.flush();
    server.flush();
    expect(told.map(({ id }) => id)).toEqual(["a", "b", "c", "d"]);
    expect(link.cursor).toBe(4);
  });

  it("drops a version it has told already, and ignores kinds of frames it does not know", () => {
    const { clock, server, link, told, states } = setUp();
    link.start();
    server.flush();
    server.flush();
    server.commit("message", "a", 2);
    server.say({ type: "change", seq: 1, kind: "message", id: "a", version: 1, data: {} });
    server.say({ type: "weather", sun: true });
    server.say({ type: "change", seq: "many" });
    server.flush();
    clock.advance(20);
    expect(told.map(({ version }) => version)).toEqual([2]);
    expect(phaseOf(states)).toBe("live");
  });

  it("fetches anew when its cursor is too old", () => {
    const { clock, server, link, seen, states } = setUp();
    link.start();
    server.flush();
    server.flush();
    server.cut();
    for (let version = 1; version <= 90; version += 1) server.commit("message", "m", version);
    server.oldest = 80;
    clock.advance(30_000);
    server.flush();
    server.flush();
    expect(seen.resets).toBe(1);
    expect(seen.starts).toEqual([0, 90]);
    expect(phaseOf(states)).toBe("live");
    expect(link.cursor).toBe(90);
  });

  it("stops for good when the session has ended, and does not call again", () => {
    const { clock, server, link, states } = setUp();
    link.start();
    server.flush();
    server.cut(4401);
    clock.advance(600_000);
    expect(states.at(-1)).toEqual({ phase: "stopped", why: "signed_out" });
    expect(server.opened).toBe(1);
  });

  it("says that the page is old when the server speaks another protocol", () => {
    const { server, link, states } = setUp();
    server.proto = 2;
    link.start();
    server.flush();
    expect(states.at(-1)).toEqual({ phase: "stopped", why: "old_page" });
    expect(server.heard).toEqual([]);
  });

  it("notices a dead line: a ping after silence, and a new call when nothing answers", () => {
    const { clock, server, link, states } = setUp();
    link.start();
    server.flush();
    server.flush();
    clock.advance(25_000);
    expect(server.heard.at(-1)).toEqual({ type: "ping" });
    clock.advance(9_999);
    expect(phaseOf(states)).toBe("live");
    clock.advance(1);
    expect(phaseOf(states)).toBe("waiting");
  });

  it("waits at most half a second first, at most thirty later, and not at all when woken", () => {
    const { clock, server, link, states } = setUp(7);
    link.start();
    server.cut();
    for (let tries = 0; tries < 12; tries += 1) {
      const state = states.at(-1);
      const pause = state?.phase === "waiting" ? (state.retryAt ?? 0) - clock.now() : -1;
      expect(pause).toBeGreaterThanOrEqual(0);
      expect(pause).toBeLessThanOrEqual(Math.min(30_000, 500 * 2 ** tries));
      link.wake();
      server.cut();
    }
    expect(server.opened).toBe(13);
  });

  it("says again what it looks at after a new call", () => {
    const { clock, server, link } = setUp();
    link.start();
    server.flush();
    server.flush();
    link.view("conversation-1", true);
    server.cut();
    clock.advance(30_000);
    server.flush();
    server.flush();
    expect(server.heard.at(-1)).toEqual({
      type: "viewing",
      conversation_id: "conversation-1",
      replying: true,
    });
    const before = server.heard.length;
    clock.advance(20_000);
    expect(server.heard.slice(before).filter(({ type }) => type === "viewing")).toHaveLength(1);
  });

  it(
    "ends with the server's rows whatever breaks, repeats or overtakes, for 1,000 seeds",
    () => {
      for (let seed = 1; seed <= 1_000; seed += 1) {
        const { rows, told, wanted } = storm(seed);
        expect(Object.fromEntries(rows), `seed ${seed}`).toEqual(wanted);
        expect(new Set(told.map(({ id, version }) => `${id} ${version}`)).size, `seed ${seed}`).toBe(
          told.length,
        );
      }
    },
    STORMS_MS,
  );
});

function storm(seed: number) {
  const { clock, server, link, rows, told } = setUp(seed);
  const random = chance(seed + 5_000);
  const wanted: Record<string, number> = {};
  link.start();
  server.flush();
  server.flush();
  for (let step = 0; step < 40; step += 1) {
    const id = `row-${Math.floor(random() * 6)}`;
    const version = (wanted[`conversation ${id}`] ?? 0) + 1;
    wanted[`conversation ${id}`] = version;
    server.commit("conversation", id, version);
    disturbLine(server, clock, random);
  }
  for (let again = 0; again < 20; again += 1) {
    clock.advance(5_000);
    server.flush();
  }
  link.stop();
  return { rows, told, wanted };
}

function disturbLine(server: FakeLiveServer, clock: FakeClock, random: () => number): void {
  const act = random();
  if (act < 0.4) server.flush({ shuffle: true });
  else if (act < 0.5) breakHalfway(server, random());
  else if (act < 0.6) server.cut(1012);
  else if (act < 0.8) clock.advance(random() * 4_000);
}

/** Some frames arrive, perhaps one before its turn; the rest is lost with the line. */
function breakHalfway(server: FakeLiveServer, part: number): void {
  server.flush({ shuffle: true, part });
  server.cut(1006);
}
