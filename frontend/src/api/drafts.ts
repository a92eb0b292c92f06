/** What a member is writing, per conversation and mode, kept in this browser until the send is safe in the outbox. */
import { create } from "zustand";
import { keep } from "../lib/index";

export type Mode = "reply" | "note";

export interface Draft {
  readonly text: string;
  /** The cursor of the live line when the first letter was typed: what the writer had seen. */
  readonly began_seq: number | null;
}

interface Drafts {
  readonly loaded: boolean;
  readonly drafts: Readonly<Record<string, Draft>>;
  /** Each member of this browser has words of their own. */
  load(member: string): Promise<void>;
  write(conversation: string, mode: Mode, text: string, seq: number | null): void;
}

const shelf = keep<Readonly<Record<string, Draft>>>("drafts");
let owner = "";
const PAUSE_MS = 250;

const nameOf = (conversation: string, mode: Mode): string => `${conversation} ${mode}`;

let pending: ReturnType<typeof setTimeout> | null = null;

function saveNow(): void {
  if (pending) clearTimeout(pending);
  pending = null;
  if (owner) void shelf.write(owner, useDrafts.getState().drafts);
}

function saveSoon(): void {
  pending ??= setTimeout(saveNow, PAUSE_MS);
}

export const useDrafts = create<Drafts>((set, get) => ({
  loaded: false,
  drafts: {},
  load: async (member) => {
    const before = (await shelf.read(member)) ?? {};
    owner = member;
    set({ loaded: true, drafts: { ...before, ...get().drafts } });
    addEventListener("pagehide", saveNow);
  },
  write: (conversation, mode, text, seq) => {
    const { [nameOf(conversation, mode)]: old, ...others } = get().drafts;
    const began = old?.text ? old.began_seq : seq;
    set({ drafts: text ? { ...others, [nameOf(conversation, mode)]: { text, began_seq: began } } : others });
    saveSoon();
  },
}));

export const useDraft = (conversation: string, mode: Mode): Draft | undefined =>
  useDrafts((state) => state.drafts[nameOf(conversation, mode)]);

export const useHasDraft = (conversation: string, mode: Mode): boolean =>
  useDrafts((state) => Boolean(state.drafts[nameOf(conversation, mode)]?.text));

export const draftOf = (conversation: string, mode: Mode): Draft | undefined =>
  useDrafts.getState().drafts[nameOf(conversation, mode)];
