/** Hand-offs, promises and the drafts the server keeps: how they are fetched, changed, and folded. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { request } from "./client";
import { keys } from "./keys";
import { newest, placeRowIn } from "./snapshot";
import type { Attachment, Me, Page } from "./types";

interface Named {
  readonly id: string;
  readonly name: string;
}

export type PromiseKind = "refund" | "replacement" | "reply" | "send" | "other";
export type HandoffReason = "shift" | "skill" | "language" | "decision" | "load" | "other";
export type HandoffState = "offered" | "accepted" | "declined" | "returned" | "withdrawn";

/** Owed until `settled_at`, also when its time has passed and it is broken. */
export interface Promised {
  readonly id: string;
  readonly conversation_id: string;
  readonly message_id: string | null;
  readonly text: string;
  readonly kind: PromiseKind;
  readonly state: "open" | "kept" | "broken";
  readonly due_at: string | null;
  readonly settled_at: string | null;
  readonly made_by: Named | null;
  readonly created_at: string;
  readonly version: number;
}

export interface NewPromise {
  readonly text: string;
  readonly kind: PromiseKind;
  readonly due_at: string | null;
  readonly message_id?: string;
}

export interface BriefOrder {
  readonly id: string;
  readonly channel: string;
  readonly external_id: string;
  readonly number: string;
  readonly status: string;
  readonly placed_at: string;
  readonly shipped_at: string | null;
  readonly tracking: string;
  readonly lines: readonly {
    readonly sku: string | null;
    readonly title: string | null;
    readonly quantity: number;
    readonly available: number | null;
  }[];
}

/** Facts at the moment of the offer. `found`: read out of our own words, nobody wrote it down as a promise. */
export interface Brief {
  readonly as_of: string;
  readonly who: {
    readonly name: string;
    readonly language: string;
    readonly since: string;
    readonly order_count: number;
    readonly channels: readonly string[];
    readonly handles: readonly {
      readonly kind: string;
      readonly label: string;
      readonly channel: string | null;
      readonly strength: string;
    }[];
  };
  readonly bought: readonly BriefOrder[];
  readonly asked: readonly {
    readonly message_id: string;
    readonly channel: string;
    readonly text: string;
    readonly at: string;
  }[];
  readonly answered: boolean;
  readonly promised: readonly {
    readonly promise_id: string | null;
    readonly message_id: string | null;
    readonly text: string;
    readonly kind: PromiseKind;
    readonly due_at: string | null;
    readonly by: string;
    readonly found: boolean;
  }[];
  readonly open: readonly {
    readonly kind: "unanswered" | "case" | "unknown" | "failed" | "unshipped";
    readonly what: string;
    readonly count: number;
    readonly due_at: string | null;
  }[];
}

export interface Handoff {
  readonly id: string;
  readonly conversation: {
    readonly id: string;
    readonly number: number;
    readonly subject: string;
    readonly channel: string;
    readonly customer: string;
  };
  readonly giver: Named | null;
  readonly to_member: Named | null;
  readonly to_team: Named | null;
  readonly taken_by: Named | null;
  readonly state: HandoffState;
  readonly reason: HandoffReason;
  readonly note: string;
  readonly brief: Brief;
  readonly draft: { readonly text: string; readonly kind: "reply" | "note" } | null;
  readonly answer: string;
  readonly direct: boolean;
  readonly offered_at: string;
  readonly answered_at: string | null;
  readonly ended_at: string | null;
  readonly return_due_at: string | null;
  readonly took_s: number | null;
  readonly bounces: number;
  readonly version: number;
}

export interface NewHandoff {
  readonly to_member_id?: string;
  readonly to_team_id?: string;
  readonly reason: HandoffReason;
  readonly note: string;
  readonly promises: readonly NewPromise[];
  readonly return_after_s?: number;
}

export interface ShiftItem {
  readonly conversation: Handoff["conversation"];
  readonly next_due_at: string | null;
}

export interface ShiftEnded {
  readonly given: readonly ShiftItem[];
  readonly asked: readonly ShiftItem[];
  readonly offered: readonly ShiftItem[];
  readonly done: boolean;
}

export interface ServerDraft {
  readonly text: string;
  readonly kind: "reply" | "note";
  readonly thread_id: string | null;
  readonly attachments: readonly Attachment[];
  readonly written_by: Named | null;
  readonly updated_at: string | null;
}

export const handingKeys = {
  given: ["handoffs", "given"],
  of: (conversation: string) => ["handoffs", "of", conversation],
  promises: (conversation: string) => ["promises", conversation],
  brief: (conversation: string) => ["brief", conversation],
} as const;

const GIVEN_SHOWN = 30;

/** What this member offered, newest first. */
export const givenQuery = queryOptions({
  queryKey: handingKeys.given,
  queryFn: async ({ signal, client }) => {
    const page = await request<Page<Handoff>>("GET", "/handoffs", {
      query: { box: "given", limit: GIVEN_SHOWN },
      signal,
    });
    return newest(page.items, client.getQueryData<readonly Handoff[]>(handingKeys.given));
  },
});

/** The newest hand-off of a conversation, alone in its list. */
export const handoffOfQuery = (conversation: string) =>
  queryOptions({
    queryKey: handingKeys.of(conversation),
    queryFn: async ({ signal, client }) => {
      const page = await request<Page<Handoff>>("GET", "/handoffs", {
        query: { conversation_id: conversation, limit: 1 },
        signal,
      });
      return newest(page.items, client.getQueryData<readonly Handoff[]>(handingKeys.of(conversation)));
    },
  });

export const promisesQuery = (conversation: string) =>
  queryOptions({
    queryKey: handingKeys.promises(conversation),
    queryFn: async ({ signal, client }) => {
      const page = await request<Page<Promised>>("GET", `/conversations/${conversation}/promises`, {
        signal,
      });
      return newest(page.items, client.getQueryData<readonly Promised[]>(handingKeys.promises(conversation)));
    },
  });

export const briefQuery = (conversation: string) =>
  queryOptions({
    queryKey: handingKeys.brief(conversation),
    queryFn: ({ signal }) => request<Brief>("GET", `/conversations/${conversation}/brief`, { signal }),
    staleTime: 0,
  });

function settle(queries: QueryClient, row: Handoff): Handoff {
  foldHandoff(queries, row);
  void queries.invalidateQueries({ queryKey: keys.counts });
  return row;
}

export async function offerHandoff(
  queries: QueryClient,
  conversation: string,
  handoff: NewHandoff,
): Promise<Handoff> {
  const row = await request<Handoff>("POST", `/conversations/${conversation}/handoffs`, { body: handoff });
  return settle(queries, row);
}

/** Rejects with what happened meanwhile: a 409 names who was quicker. */
export async function answerHandoff(
  queries: QueryClient,
  id: string,
  act: "accept" | "decline" | "return" | "withdraw",
  reason = "",
): Promise<Handoff> {
  const bodied = act === "decline" || act === "return";
  return settle(
    queries,
    await request<Handoff>("POST", `/handoffs/${id}/${act}`, bodied ? { body: { reason } } : {}),
  );
}

export const endShift = (given: {
  readonly to_member_id?: string;
  readonly to_team_id?: string;
  readonly note: string;
  readonly dry_run: boolean;
}): Promise<ShiftEnded> => request<ShiftEnded>("POST", "/handoffs/shift-end", { body: given });

export async function addPromise(
  queries: QueryClient,
  conversation: string,
  given: NewPromise,
): Promise<void> {
  foldPromise(
    queries,
    await request<Promised>("POST", `/conversations/${conversation}/promises`, { body: given }),
  );
}

export async function settlePromise(
  queries: QueryClient,
  promise: Promised,
  state: Promised["state"],
): Promise<void> {
  const path = `/conversations/${promise.conversation_id}/promises/${promise.id}`;
  foldPromise(queries, await request<Promised>("PATCH", path, { body: { state } }));
}

export const readDraft = (conversation: string): Promise<ServerDraft> =>
  request<ServerDraft>("GET", `/conversations/${conversation}/draft`);

export const saveDraft = (
  conversation: string,
  draft: {
    readonly text: string;
    readonly kind: "reply" | "note";
    readonly attachment_ids: readonly string[];
  },
): Promise<unknown> =>
  draft.text || draft.attachment_ids.length > 0
    ? request("PUT", `/conversations/${conversation}/draft`, { body: draft })
    : request("DELETE", `/conversations/${conversation}/draft`);

/** An offer to this member's team is told to all; whether it is mine to take, the server's queue says. */
export function foldHandoff(queries: QueryClient, row: Handoff): void {
  const of = handingKeys.of(row.conversation.id);
  queries.setQueryData<readonly Handoff[]>(of, (known) => {
    const old = known?.[0];
    if (!known || (old && (old.id === row.id ? old.version >= row.version : old.offered_at > row.offered_at)))
      return known;
    return [row];
  });
  if (row.giver?.id === queries.getQueryData<Me>(keys.me)?.member.id)
    placeRowIn(queries, handingKeys.given, row);
  void queries.invalidateQueries({
    predicate: ({ queryKey: [kind, filter] }) =>
      kind === "conversations" && (filter as { queue?: string } | undefined)?.queue === "handed",
  });
}

export function foldPromise(queries: QueryClient, row: Promised): void {
  placeRowIn(queries, handingKeys.promises(row.conversation_id), row);
}
