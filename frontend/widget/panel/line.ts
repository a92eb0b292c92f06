/** The panel's line to the counter: a pass, what is said, and what is heard. */
import { blocks } from "./sse";

export type Message = {
  id: string;
  external_id: string;
  side: "visitor" | "shop";
  text: string;
  at: string;
  automated: boolean;
  author: string;
  version: number;
  files: { id: string; name: string; media_type: string; size: number }[];
};
export type Card = {
  answer_id: string;
  found: boolean;
  number: string;
  step: number;
  words: string;
  carrier: string;
  tracking: string;
};
export type Heard = {
  messages: (messages: Message[]) => void;
  counter: (state: { open: boolean; seen: boolean }) => void;
  typing: () => void;
};

const { token = "" } = document.body.dataset;
const DOOR = `/chat/${token}`;
const KEPT = `onecounter-pass-${token}`;
const AGAIN_MS = [500, 1000, 3000, 8000, 15_000];
let pass = "";

/** Storage may be forbidden inside a frame; then the talk lasts as long as the page. */
function stored(value?: string): string {
  try {
    if (value !== undefined) localStorage.setItem(KEPT, value);
    return localStorage.getItem(KEPT) ?? "";
  } catch {
    return value ?? "";
  }
}

export function bearIdentity(identity: string): void {
  if (identity) pass = identity;
}

async function proof(fresh = false): Promise<string> {
  if (!pass) pass = stored();
  if (!pass || fresh) {
    const answer = await fetch(`${DOOR}/session`, { method: "POST" });
    if (!answer.ok) throw new Error(String(answer.status));
    pass = ((await answer.json()) as { token: string }).token;
    stored(pass);
  }
  return `Bearer ${pass}`;
}

/** Asked once more with a new pass when the old one is refused. */
async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const once = async (fresh: boolean) =>
    fetch(path, { ...init, headers: { ...init.headers, authorization: await proof(fresh) } });
  const answer = await once(false);
  return answer.status === 401 ? once(true) : answer;
}

export const newId = (): string =>
  crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;

/** Resolves to the status; 0 when the line is dead. Saying the same id twice changes nothing. */
export async function say(remark: Record<string, unknown>): Promise<number> {
  try {
    const body = JSON.stringify({ ...remark, language: document.documentElement.lang });
    const headers = { "content-type": "application/json" };
    return (await ask(`/hooks/${token}`, { method: "POST", body, headers })).status;
  } catch {
    return 0;
  }
}

/** Nobody minds when it is lost. */
export function tellTyping(): void {
  ask(`${DOOR}/typing`, { method: "POST" }).catch(() => undefined);
}

export async function give(file: File): Promise<unknown> {
  const headers = {
    "x-file-name": encodeURIComponent(file.name),
    "content-type": "application/octet-stream",
  };
  const answer = await ask(`${DOOR}/files`, { method: "POST", body: file, headers });
  return answer.ok ? answer.json() : undefined;
}

export async function take(id: string): Promise<Blob> {
  return (await ask(`${DOOR}/files/${id}`)).blob();
}

export async function askOrder(number: string, email: string): Promise<Card | number> {
  try {
    const body = JSON.stringify({ number, email, language: document.documentElement.lang });
    const headers = { "content-type": "application/json" };
    const answer = await ask(`${DOOR}/orders`, { method: "POST", body, headers });
    return answer.ok ? ((await answer.json()) as Card) : answer.status;
  } catch {
    return 0;
  }
}

/** Listens until the page goes; a broken stream goes on where it stopped. */
export async function listen(heard: Heard): Promise<never> {
  let place = "";
  for (let tries = 0; ; tries++) {
    try {
      const answer = await ask(`${DOOR}/events`, { headers: place ? { "last-event-id": place } : {} });
      if (answer.ok && answer.body) {
        for await (const { name, id, data } of blocks(answer.body)) {
          tries = 0;
          place = id || place;
          heard[name as keyof Heard]?.(JSON.parse(data));
        }
      }
    } catch {
      // a network that went away: the next round tries again
    }
    const wait = AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)];
    await new Promise((done) => setTimeout(done, wait));
  }
}
