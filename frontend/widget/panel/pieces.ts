/** Elements, without markup from anybody's words. */
import { type Card, type Message, take } from "./line";
import { words } from "./words";

export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string>,
  ...inner: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...inner);
  return element;
}

export function bubble(one: Message): HTMLElement {
  const found = make("div", { class: `${one.side} bubble` }, one.text);
  for (const file of one.files) {
    const link = make("button", { type: "button", class: "file" }, file.name || "file");
    link.addEventListener("click", () => void save(file.id, file.name));
    found.append(link);
  }
  if (one.author) found.prepend(make("small", {}, one.author));
  return found;
}

async function save(id: string, name: string): Promise<void> {
  const url = URL.createObjectURL(await take(id));
  make("a", { href: url, download: name || "file" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function cardOf(card: Card): HTMLElement {
  const steps = words.steps.map((step, position) =>
    make(
      "li",
      {
        class: position <= card.step ? "done" : "",
        ...(position === card.step ? { "aria-current": "step" } : {}),
      },
      step,
    ),
  );
  const found = make(
    "section",
    { class: "card" },
    make("h2", {}, `#${card.number}`),
    make("p", {}, card.words),
  );
  if (card.step >= 0) found.append(make("ol", {}, ...steps));
  return found;
}
