/** Saved replies and macros: how they are fetched, kept, filled for one conversation, tried and run. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import type { Change } from "../live/index";
import { request } from "./client";
import { newest, placeRowIn } from "./snapshot";
import type { Page } from "./types";

/** An empty channel or language stands for every. */
export interface SavedText {
  readonly text: string;
  readonly channel: string;
  readonly language: string;
}

export interface NewSavedReply {
  readonly name: string;
  readonly texts: readonly SavedText[];
}

export interface SavedReply extends NewSavedReply {
  readonly id: string;
  readonly version: number;
}

/** As it reads in one conversation; what is `missing` stands in the text as it is written. */
export interface FilledReply {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly missing: readonly string[];
}

export interface NewMacro {
  readonly name: string;
  readonly reply_id: string | null;
  readonly tags: readonly string[];
  readonly assign: "" | "me" | "nobody";
  readonly assignee_id: string | null;
  readonly team_id: string | null;
  readonly status: "" | "open" | "snoozed" | "closed";
  readonly snooze_s: number | null;
}

export interface Macro extends NewMacro {
  readonly id: string;
  readonly version: number;
}

export interface MacroStep {
  readonly what: "reply" | "tag" | "assign" | "team" | "status" | "snooze";
  readonly to: string;
}

/** `refused`: nothing at all was done with this one. */
export interface MacroResult {
  readonly conversation_id: string;
  readonly number: number;
  readonly customer: string;
  readonly steps: readonly MacroStep[];
  readonly refused: { readonly code: string; readonly detail: string; readonly fix: string } | null;
}

export interface MacroDone {
  readonly items: readonly MacroResult[];
  readonly done: boolean;
}

const REPLIES = ["saved-replies"];
const MACROS = ["macros"];

export const savedRepliesQuery = queryOptions({
  queryKey: REPLIES,
  queryFn: async ({ signal, client }) => {
    const page = await request<Page<SavedReply>>("GET", "/saved-replies", { signal });
    return newest(page.items, client.getQueryData<readonly SavedReply[]>(REPLIES));
  },
});

export const macrosQuery = queryOptions({
  queryKey: MACROS,
  queryFn: async ({ signal, client }) => {
    const page = await request<Page<Macro>>("GET", "/macros", { signal });
    return newest(page.items, client.getQueryData<readonly Macro[]>(MACROS));
  },
});

export const filledRepliesQuery = (conversation: string, thread: string | null) =>
  queryOptions({
    queryKey: ["filled-replies", conversation, thread],
    queryFn: async ({ signal }) => {
      const query = { thread_id: thread };
      const path = `/conversations/${conversation}/saved-replies`;
      return (await request<{ items: readonly FilledReply[] }>("GET", path, { query, signal })).items;
    },
    staleTime: 0,
  });

/** What one macro would do with one conversation as it is now. */
export const macroTrialQuery = (macro: string, conversation: string) =>
  queryOptions({
    queryKey: ["macro-trial", macro, conversation],
    queryFn: () => runMacro(macro, [conversation], { dry_run: true, run_key: "trial" }),
    staleTime: 0,
    gcTime: 0,
  });

export async function saveReply(
  queries: QueryClient,
  id: string | null,
  given: NewSavedReply,
): Promise<SavedReply> {
  const row = await request<SavedReply>(id ? "PUT" : "POST", `/saved-replies${id ? `/${id}` : ""}`, {
    body: given,
  });
  placeRowIn(queries, REPLIES, row);
  return row;
}

export async function saveMacro(queries: QueryClient, id: string | null, given: NewMacro): Promise<Macro> {
  const row = await request<Macro>(id ? "PUT" : "POST", `/macros${id ? `/${id}` : ""}`, { body: given });
  placeRowIn(queries, MACROS, row);
  return row;
}

export async function dropReply(queries: QueryClient, id: string): Promise<void> {
  await request("DELETE", `/saved-replies/${id}`);
  takeOut(queries, REPLIES, id);
}

export async function dropMacro(queries: QueryClient, id: string): Promise<void> {
  await request("DELETE", `/macros/${id}`);
  takeOut(queries, MACROS, id);
}

export const runMacro = (
  macro: string,
  conversations: readonly string[],
  how: { readonly run_key: string; readonly dry_run?: boolean; readonly hold_ms?: number },
): Promise<MacroDone> =>
  request<MacroDone>("POST", `/macros/${macro}/run`, { body: { conversation_ids: conversations, ...how } });

function takeOut(queries: QueryClient, key: readonly string[], id: string): void {
  queries.setQueryData<readonly { readonly id: string }[]>(key, (rows) =>
    rows?.filter((each) => each.id !== id),
  );
}

const SHELVES: Readonly<Record<string, readonly string[]>> = { saved_reply: REPLIES, macro: MACROS };

/** A colleague kept, changed or removed one. */
export function foldSaved(queries: QueryClient, { kind, id, data }: Change): void {
  const key = SHELVES[kind];
  if (!key) return;
  if (data === null) takeOut(queries, key, id);
  else placeRowIn(queries, key, data as SavedReply | Macro);
}
