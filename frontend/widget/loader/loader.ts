/** One script tag on the shop's page: a button, a frame fetched when it is wanted, and live counts. No cookie, no inline style. */

const script = document.currentScript as HTMLScriptElement;
const {
  token = "",
  lang = document.documentElement.lang,
  colour = "#26242b",
  identity = "",
} = script.dataset;
const home = new URL(script.src).origin;
const language = lang.startsWith("id") ? "id" : "en";
const WORDS = {
  en: { open: "Open chat", close: "Close chat", left: "available", none: "sold out" },
  id: { open: "Buka obrolan", close: "Tutup obrolan", left: "tersedia", none: "habis" },
}[language];
const SHAPES = { open: "M4 5h16v11h-9l-5 4v-4H4z", close: "m6 9 6 6 6-6" };
const BEEN = "onecounter-chat";
const COUNTED_EVERY = 60_000;

let frame: HTMLIFrameElement | undefined;
let isOpen = false;

function dress(element: HTMLElement, style: Partial<CSSStyleDeclaration>): void {
  Object.assign(element.style, style);
}

const button = document.createElement("button");
button.type = "button";
dress(button, {
  position: "fixed",
  right: "20px",
  bottom: "20px",
  width: "56px",
  height: "56px",
  borderRadius: "28px",
  border: "0",
  padding: "16px",
  color: "#fff",
  background: colour,
  cursor: "pointer",
  zIndex: "2147483000",
  boxShadow: "0 4px 16px rgb(0 0 0 / .2)",
});

function draw(shape: keyof typeof SHAPES): void {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of Object.entries({
    viewBox: "0 0 24 24",
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "1.8",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
  })) {
    svg.setAttribute(name, value);
  }
  path.setAttribute("d", SHAPES[shape]);
  // The page's own rules for pictures must not reach the button.
  Object.assign(svg.style, {
    width: "24px",
    height: "24px",
    padding: "0",
    background: "none",
    display: "block",
  });
  svg.append(path);
  button.replaceChildren(svg);
  button.setAttribute("aria-label", shape === "open" ? WORDS.open : WORDS.close);
  button.setAttribute("aria-expanded", String(isOpen));
}

function bring(): HTMLIFrameElement {
  if (frame) return frame;
  frame = document.createElement("iframe");
  frame.title = "Chat";
  frame.src = `${home}/chat/${token}?lang=${language}`;
  dress(frame, {
    position: "fixed",
    right: "20px",
    bottom: "92px",
    width: "min(380px, calc(100vw - 40px))",
    height: "min(600px, calc(100vh - 112px))",
    border: "0",
    borderRadius: "16px",
    background: "#fff",
    zIndex: "2147483000",
    boxShadow: "0 12px 40px rgb(0 0 0 / .18)",
    display: "none",
  });
  document.body.append(frame);
  return frame;
}

function tell(said: object): void {
  frame?.contentWindow?.postMessage(said, home);
}

function show(wanted: boolean): void {
  isOpen = wanted;
  dress(bring(), { display: wanted ? "block" : "none" });
  draw(wanted ? "close" : "open");
  tell({ onecounter: wanted ? "shown" : "hidden" });
  if (!wanted) button.focus();
}

addEventListener("message", (event) => {
  if (event.origin !== home || !frame || event.source !== frame.contentWindow) return;
  if (event.data?.onecounter === "ready") {
    tell({ onecounter: "hello", identity, page: location.href, referrer: document.referrer, shown: isOpen });
  } else if (event.data?.onecounter === "close") show(false);
  else if (event.data?.onecounter === "been") remember();
});

/** Only that a chat exists, so that its answers are awaited on the next page; who it is stays in the frame. */
function remember(): void {
  try {
    localStorage.setItem(BEEN, "1");
  } catch {
    return;
  }
}

function hasBeen(): boolean {
  try {
    return localStorage.getItem(BEEN) === "1";
  } catch {
    return false;
  }
}

async function count(): Promise<void> {
  const places = [...document.querySelectorAll<HTMLElement>("[data-onecounter-sku]")];
  const skus = [...new Set(places.map((place) => place.dataset.onecounterSku ?? ""))].slice(0, 60);
  if (skus.length === 0 || document.hidden) return;
  try {
    const answer = await fetch(
      `${home}/chat/${token}/availability?sku=${encodeURIComponent(skus.join(","))}`,
    );
    if (!answer.ok) return;
    const { items } = (await answer.json()) as { items: { sku: string; available: number }[] };
    const known = new Map(items.map((item) => [item.sku.toLowerCase(), item.available]));
    for (const place of places) {
      const left = known.get((place.dataset.onecounterSku ?? "").toLowerCase());
      if (left === undefined) continue;
      place.textContent = left > 0 ? `${left} ${WORDS.left}` : WORDS.none;
      place.dataset.onecounterState = left > 0 ? "available" : "none";
    }
  } catch {
    return; // the shop's page stays as its owner wrote it
  }
}

function begin(): void {
  document.body.append(button);
  draw("open");
  button.addEventListener("pointerenter", bring, { once: true });
  button.addEventListener("click", () => show(!isOpen));
  if (hasBeen() || identity) bring();
  void count();
  setInterval(() => void count(), COUNTED_EVERY);
}

if (document.body) begin();
else addEventListener("DOMContentLoaded", begin);
