/** Commands in force at this moment, and the key strokes that run them. Letters are dead while someone types. */
import type { LucideIcon } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import type { WordKey } from "../i18n/index";
import { usePreferences } from "./preferences";

export interface Command {
  readonly id: string;
  readonly word: WordKey;
  readonly group: "conversation" | "list" | "go" | "general";
  /** "j", "g i" (one after the other within a second), "mod+k", "mod+shift+enter". Several mean any of them. */
  readonly keys?: readonly string[];
  readonly icon?: LucideIcon;
  /** More words to find it by. */
  readonly alias?: string;
  /** Kept out of the palette: moving about makes no sense there. */
  readonly quiet?: boolean;
  run(): void;
}

const SEQUENCE_MS = 1_000;

let layers: readonly (readonly Command[])[] = [];
let flat: readonly Command[] = [];
const listeners = new Set<() => void>();

function setLayers(next: readonly (readonly Command[])[]): void {
  layers = next;
  flat = layers.toReversed().flat();
  for (const listener of listeners) listener();
}

/** Newest layer first, so that an open conversation wins over the list behind it. */
export const commandsNow = (): readonly Command[] => flat;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useCommandList = (): readonly Command[] => useSyncExternalStore(subscribe, commandsNow);

/** Puts commands in force; the answer takes them away again. */
export function enforce(commands: readonly Command[]): () => void {
  setLayers([...layers, commands]);
  return () => setLayers(layers.filter((layer) => layer !== commands));
}

/** In force while the component is shown. Pass a memoised list. */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => enforce(commands), [commands]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest("input, textarea, select, [contenteditable=true]") !== null
  );
}

/** Inside a log the arrows scroll it, as everywhere. */
function scrolls(event: KeyboardEvent): boolean {
  const moves = event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End";
  return (
    moves &&
    event.target instanceof Element &&
    event.target.closest("[role=log], [role=grid], table") !== null
  );
}

/** The letter of the key's place where the layout's own letter is not Latin, so that j is j on every keyboard. */
function letterOf(event: KeyboardEvent): string {
  const { key, code } = event;
  const foreign = key.length === 1 && key.charCodeAt(0) > 127;
  if (foreign && code.startsWith("Key")) return code.slice(3).toLowerCase();
  return key.length === 1 ? key.toLowerCase() : key.toLowerCase().replace("escape", "esc");
}

export function strokeOf(event: KeyboardEvent): string {
  const letter = letterOf(event);
  const mod = event.ctrlKey || event.metaKey ? "mod+" : "";
  const named = letter.length > 1 || (letter >= "a" && letter <= "z");
  return `${mod}${event.shiftKey && named ? "shift+" : ""}${letter}`;
}

/** A stroke that belongs to someone else: the composition of a letter, AltGr, a field, an open menu, a scrolling log. */
function isForeign(event: KeyboardEvent, plain: boolean): boolean {
  if (event.defaultPrevented || event.isComposing || event.altKey || event.getModifierState("AltGraph"))
    return true;
  if (!plain) return false;
  if (isTyping(event.target) || !usePreferences.getState().singleKeys) return true;
  return document.querySelector("dialog[open], [role=menu]") !== null || scrolls(event);
}

export function listen(target: Window): () => void {
  let first: { stroke: string; at: number } | null = null;
  const onKey = (event: KeyboardEvent): void => {
    const stroke = strokeOf(event);
    if (isForeign(event, !stroke.startsWith("mod+"))) return;
    const started = first && event.timeStamp - first.at < SEQUENCE_MS ? `${first.stroke} ${stroke}` : null;
    const command = (started && find(started)) || find(stroke);
    first = command ? null : { stroke, at: event.timeStamp };
    if (!command) return;
    event.preventDefault();
    command.run();
  };
  target.addEventListener("keydown", onKey);
  return () => target.removeEventListener("keydown", onKey);
}

const find = (stroke: string): Command | undefined => flat.find((command) => command.keys?.includes(stroke));
