/** The chat inside its frame: what was said, what is being said, and where an order is. */
import {
  askOrder,
  bearIdentity,
  type Card,
  give,
  listen,
  type Message,
  newId,
  say,
  tellTyping,
} from "./line";
import { bubble, cardOf, make } from "./pieces";
import { words } from "./words";

const { name = "", colour = "" } = document.body.dataset;
const FILE_MOST = 10 * 1024 * 1024;
const TYPING_MS = 4000;
const messages = new Map<string, Message>();
const unsent = new Map<string, { remark: Record<string, unknown>; failed: boolean }>();
const cards = new Map<string, Card>();
let isShown = true;
let isOpen = false;
let isSeen = false;
let page = "";
let referrer = "";
let typingUntil = 0;

if (colour) document.documentElement.style.setProperty("--shop", colour);

const state = make("p", { class: "state" });
const close = make("button", { type: "button", "aria-label": words.close, class: "icon" }, "✕");
const log = make("div", { role: "log", "aria-label": words.log, "aria-live": "polite", tabindex: "0" });
const notice = make("p", { class: "notice", role: "status" });
const field = make("textarea", {
  rows: "1",
  maxlength: "4000",
  "aria-label": words.write,
  placeholder: words.write,
});
const picker = make("input", { type: "file", hidden: "" });
const attach = make("button", { type: "button", "aria-label": words.attach, class: "icon" }, "+");
const composer = make("form", { class: "composer" }, field, picker, attach, make("button", {}, words.send));
const email = make("input", {
  type: "email",
  required: "",
  "aria-label": words.email,
  placeholder: words.email,
});
const address = make("form", { class: "address", hidden: "" }, email, make("button", {}, words.keep));
const number = make("input", {
  required: "",
  maxlength: "80",
  "aria-label": words.number,
  placeholder: words.number,
});
const buyer = make("input", {
  type: "email",
  required: "",
  "aria-label": words.orderEmail,
  placeholder: words.orderEmail,
});
const order = make("details", {}, make("summary", {}, words.where));
const asking = make("form", { class: "order" }, number, buyer, make("button", {}, words.look));
order.append(asking);
document.body.append(
  make("header", {}, make("div", {}, make("h1", {}, name), state), close),
  log,
  notice,
  address,
  order,
  composer,
);

function draw(): void {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  const said = [...messages.values()].sort(
    (one, other) => one.at.localeCompare(other.at) || one.id.localeCompare(other.id),
  );
  const lines = [...said.flatMap(shownAs), ...(isSeen && said.at(-1)?.side === "visitor" ? [seen()] : [])];
  lines.push(...stillWaiting(said));
  if (lines.length === 0) lines.push(make("p", { class: "shop bubble" }, words.hello));
  if (typingUntil > Date.now()) lines.push(make("p", { class: "small" }, `${name} ${words.typing} …`));
  log.replaceChildren(...lines);
  if (atEnd) log.scrollTop = log.scrollHeight;
  state.textContent = isOpen ? words.here : words.away;
  state.dataset.open = String(isOpen);
  address.hidden = isOpen || said.length === 0 || hasAddress();
}

function seen(): HTMLElement {
  return make("p", { class: "small mine" }, words.seen);
}

function shownAs(one: Message): HTMLElement[] {
  const card = [...cards.values()].find(({ answer_id }) => one.external_id.endsWith(`:${answer_id}`));
  const shown = card?.found ? cardOf(card) : bubble(one);
  return one.automated ? [shown, make("p", { class: "small" }, words.data)] : [shown];
}

/** What the counter has not shown back yet. */
function stillWaiting(said: readonly Message[]): HTMLElement[] {
  for (const id of [...unsent.keys()]) {
    if (said.some(({ external_id }) => external_id.endsWith(`:${id}`))) unsent.delete(id);
  }
  return [...unsent].map(([id, { remark, failed }]) => waiting(id, String(remark.text), failed));
}

function waiting(id: string, text: string, failed: boolean): HTMLElement {
  if (!failed) return make("p", { class: "visitor bubble waiting" }, text);
  const again = make(
    "button",
    { type: "button", class: "visitor bubble failed" },
    text,
    make("small", {}, words.failed),
  );
  again.addEventListener("click", () => void send(id));
  return again;
}

function hasAddress(): boolean {
  return document.body.dataset.known === "yes";
}

async function send(id: string): Promise<void> {
  const waits = unsent.get(id);
  if (!waits) return;
  waits.failed = false;
  draw();
  const status = await say(waits.remark);
  waits.failed = status !== 200;
  if (status === 429) notice.textContent = words.slow;
  if (status === 200) parent.postMessage({ onecounter: "been" }, "*");
  draw();
}

function speak(text: string, more: Record<string, unknown> = {}): void {
  const id = newId();
  unsent.set(id, { remark: { kind: "message", id, text, page, referrer, ...more }, failed: false });
  notice.textContent = "";
  void send(id);
  log.scrollTop = log.scrollHeight;
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  if (text) speak(text);
  field.value = "";
  field.focus();
});
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});
let typedAt = 0;
field.addEventListener("input", () => {
  if (messages.size === 0 || Date.now() - typedAt < TYPING_MS - 1000) return;
  typedAt = Date.now();
  tellTyping();
});
attach.addEventListener("click", () => picker.click());
picker.addEventListener("change", async () => {
  const file = picker.files?.[0];
  picker.value = "";
  if (!file) return;
  const kept = file.size <= FILE_MOST ? await give(file).catch(() => undefined) : undefined;
  if (kept) speak("", { files: [kept] });
  else notice.textContent = file.size > FILE_MOST ? words.big : words.failed;
});
address.addEventListener("submit", async (event) => {
  event.preventDefault();
  const told = await say({ kind: "left", id: newId(), text: `E-mail: ${email.value}`, email: email.value });
  if (told !== 200) return;
  document.body.dataset.known = "yes";
  notice.textContent = words.kept;
  draw();
});
asking.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await askOrder(number.value.trim(), buyer.value.trim());
  if (typeof answer === "number") {
    notice.textContent = answer === 429 ? words.slow : words.failed;
    return;
  }
  cards.set(answer.answer_id, answer);
  order.open = false;
  draw();
});
close.addEventListener("click", () => parent.postMessage({ onecounter: "close" }, "*"));
addEventListener("keydown", (event) => {
  if (event.key === "Escape") parent.postMessage({ onecounter: "close" }, "*");
});

let told = "";
/** Once for each newest answer, and only while somebody can see it. */
function noteRead(): void {
  const newest = [...messages.values()]
    .filter(({ side }) => side === "shop")
    .sort((a, b) => a.at.localeCompare(b.at))
    .at(-1);
  if (!newest || newest.id === told || !isShown || document.hidden) return;
  told = newest.id;
  void say({ kind: "read", id: `read-${newest.id}` });
}

let begun = false;
function begin(): void {
  if (begun) return;
  begun = true;
  draw();
  void listen({
    messages: (found) => {
      for (const one of found)
        if ((messages.get(one.id)?.version ?? 0) <= one.version) messages.set(one.id, one);
      if (found.some(({ side }) => side === "shop")) typingUntil = 0;
      draw();
      noteRead();
    },
    counter: ({ open, seen }) => {
      isOpen = open;
      isSeen = seen;
      draw();
    },
    typing: () => {
      typingUntil = Date.now() + TYPING_MS;
      draw();
      setTimeout(draw, TYPING_MS + 50);
    },
  });
}

addEventListener("message", (event) => {
  if (event.source !== parent || parent === window) return;
  const told = event.data ?? {};
  if (told.onecounter === "hello") {
    bearIdentity(String(told.identity ?? ""));
    page = String(told.page ?? "");
    referrer = String(told.referrer ?? "");
    isShown = Boolean(told.shown);
    if (told.identity) document.body.dataset.known = "yes";
    begin();
  } else if (told.onecounter === "shown" || told.onecounter === "hidden") {
    isShown = told.onecounter === "shown";
    if (isShown) field.focus();
    noteRead();
  }
});
if (parent === window) begin();
else parent.postMessage({ onecounter: "ready" }, "*");
