/** The desk a member works at: cache, live line, presence and outbox, made once and handed down. */
import { QueryCache, QueryClient, useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo, useSyncExternalStore } from "react";
import { createStore, type StoreApi, useStore } from "zustand";
import { keep } from "../lib/index";
import {
  BUYER,
  browserWorld,
  ChangeLog,
  type LinkState,
  LiveLink,
  Outbox,
  type OutboxEntry,
  Presence,
  type PresenceState,
  type Wire,
} from "../live/index";
import { sendMessage } from "./acts";
import { foldChanges } from "./fold";
import { keys } from "./keys";
import { Problem } from "./problem";
import { connectionsQuery, meQuery } from "./queries";
import type { Connection, Me, Message, Page } from "./types";

export interface Desk {
  readonly queries: QueryClient;
  readonly live: LiveLink;
  readonly presence: Presence;
  readonly outbox: Outbox;
  readonly link: StoreApi<LinkState>;
}

const COUNTS_PAUSE_MS = 600;
const SNAPSHOTS: readonly unknown[] = ["conversations", "messages"];

export function createDesk(open: () => Wire): Desk {
  const log = new ChangeLog();
  const queries = makeQueries(log);
  const presence = new Presence(browserWorld);
  const link = createStore<LinkState>(() => ({ phase: "connecting", lostAt: Date.now(), retryAt: null }));
  const outbox = makeOutbox(queries);
  const recount = soon(() => queries.invalidateQueries({ queryKey: keys.counts }));
  const live = new LiveLink(
    { ...browserWorld, open },
    {
      changes: (changes) => {
        log.add(changes);
        foldChanges(queries, changes);
        if (changes.some(({ kind }) => kind === "conversation" || kind === "handoff")) recount();
        for (const { kind, data } of changes)
          if (kind === "message") endTyping(presence, data as Message | null);
      },
      reset: () => void queries.invalidateQueries(),
      startsAt: (seq) => log.startAt(seq),
      state: (state) => {
        link.setState(state, true);
        if (state.phase === "live") outbox.pump();
        else if (state.phase === "waiting") presence.clear();
      },
      presence: (conversation, viewers) => presence.setViewers(conversation, viewers),
      typing: (conversation, member) => presence.setTyping(conversation, member ?? BUYER),
    },
  );
  return { queries, live, presence, outbox, link };
}

function endTyping(presence: Presence, message: Message | null): void {
  if (message?.direction === "in") presence.endTyping(message.conversation_id, BUYER);
  if (message?.author) presence.endTyping(message.conversation_id, message.author.id);
}

/** A snapshot older than the line's start is asked for again; a younger one gets the changes it missed. */
function makeQueries(log: ChangeLog): QueryClient {
  const again = new Set<string>();
  const cache = new QueryCache({
    onSuccess: (data, query) => {
      const asOf = SNAPSHOTS.includes(query.queryKey[0]) ? oldestSeq(data) : null;
      if (asOf === null || !log.started) return;
      const missed = log.since(asOf);
      if (missed) {
        again.delete(query.queryHash);
        foldChanges(queries, missed);
      } else if (!again.has(query.queryHash)) {
        again.add(query.queryHash);
        void queries.invalidateQueries({ queryKey: query.queryKey, exact: true });
      }
    },
  });
  const queries: QueryClient = new QueryClient({
    queryCache: cache,
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        retry: (tries, failure) => failure instanceof Problem && failure.passing && tries < 3,
      },
    },
  });
  return queries;
}

function oldestSeq(data: unknown): number | null {
  const pages = (data as { pages?: readonly Page<unknown>[] }).pages ?? [];
  const seqs = pages.flatMap((page) => (typeof page.as_of_seq === "number" ? [page.as_of_seq] : []));
  return seqs.length > 0 ? Math.min(...seqs) : null;
}

function makeOutbox(queries: QueryClient): Outbox {
  return new Outbox(
    keep<readonly OutboxEntry[]>("outbox"),
    {
      send: async (entry) => {
        await sendMessage(queries, entry.conversation_id, {
          client_msg_id: entry.client_msg_id,
          kind: entry.kind,
          text: entry.text,
          attachment_ids: (entry.attachments ?? []).map(({ id }) => id),
          ...(entry.thread_id ? { thread_id: entry.thread_id } : {}),
          ...(entry.if_last_seq === null ? {} : { if_last_seq: entry.if_last_seq }),
          ...(entry.template ? { template: entry.template } : {}),
          ...(entry.reply_to_id ? { reply_to_id: entry.reply_to_id } : {}),
          ...(entry.hold_ms > 0 ? { hold_ms: entry.hold_ms } : {}),
        });
      },
      passing: (failure) => !(failure instanceof Problem) || failure.passing || failure.status === 401,
      explain,
    },
    browserWorld,
  );
}

/** For a newer reply the detail is who wrote it. */
function explain(failure: unknown): { code: string; detail: string } {
  if (!(failure instanceof Problem)) return { code: "failed", detail: "" };
  const newer = failure.more.newer;
  const first = Array.isArray(newer) ? (newer.at(-1) as Message | undefined) : undefined;
  const writer = first?.author?.name || first?.customer_name;
  return { code: failure.code, detail: failure.code === "newer_reply" ? (writer ?? "") : failure.detail };
}

/** Many calls within the pause become one. */
function soon(act: () => unknown): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      void act();
    }, COUNTS_PAUSE_MS);
  };
}

const DeskContext = createContext<Desk | null>(null);

export function DeskProvider({ desk, children }: { readonly desk: Desk; readonly children: ReactNode }) {
  return <DeskContext.Provider value={desk}>{children}</DeskContext.Provider>;
}

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error("No desk above this component");
  return desk;
}

/** Who is signed in. Only under a route that has already loaded it. */
export function useMe(): Me {
  const { data } = useQuery(meQuery);
  if (!data) throw new Error("Not signed in");
  return data;
}

/** The linked accounts; none until they are loaded. */
export function useConnections(): readonly Connection[] {
  const { data } = useQuery(connectionsQuery);
  return data?.items ?? NO_CONNECTIONS;
}

const NO_CONNECTIONS: readonly Connection[] = [];

export const useLinkState = (): LinkState => useStore(useDesk().link);

export function usePresence(): PresenceState {
  const { presence } = useDesk();
  return useSyncExternalStore(presence.subscribe, presence.state);
}

export function useOutbox(): readonly OutboxEntry[] {
  const { outbox } = useDesk();
  return useSyncExternalStore(outbox.subscribe, outbox.entries);
}

type Looking = readonly { readonly person: Me["members"][number]; readonly replying: boolean }[];
const NOBODY: Looking = [];

/** Others who look at a conversation; this member is not told about themselves. */
export function useViewers(): (id: string) => Looking {
  const { viewers } = usePresence();
  const { member, members } = useMe();
  return useMemo(() => {
    const looking = new Map<string, Looking>();
    for (const [id, list] of Object.entries(viewers)) {
      const others = list.flatMap(({ member_id, replying }) => {
        const person = members.find((each) => each.id === member_id);
        return person && person.id !== member.id ? [{ person, replying }] : [];
      });
      if (others.length > 0) looking.set(id, others);
    }
    return (id: string) => looking.get(id) ?? NOBODY;
  }, [viewers, member.id, members]);
}
