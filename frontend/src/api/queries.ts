/** How each cached answer is fetched. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { request } from "./client";
import { keys, type ListFilter } from "./keys";
import type {
  Connection,
  Context,
  Conversation,
  Counts,
  Demo,
  MailBody,
  Me,
  Message,
  OrderOffers,
  Page,
} from "./types";

const PAGE = 50;

export const meQuery = queryOptions({
  queryKey: keys.me,
  queryFn: ({ signal }) => request<Me>("GET", "/me", { signal }),
  staleTime: 60_000,
});

export const countsQuery = queryOptions({
  queryKey: keys.counts,
  queryFn: ({ signal }) => request<Counts>("GET", "/conversations/counts", { signal }),
});

export const connectionsQuery = queryOptions({
  queryKey: keys.connections,
  queryFn: ({ signal }) =>
    request<Page<Connection>>("GET", "/connections", { query: { limit: 200 }, signal }),
});

export const demoQuery = queryOptions({
  queryKey: keys.demo,
  queryFn: ({ signal }) => request<Demo>("GET", "/demo", { signal }),
});

export const conversationsQuery = (filter: ListFilter) =>
  infiniteQueryOptions({
    queryKey: keys.list(filter),
    queryFn: ({ pageParam, signal }) =>
      request<Page<Conversation>>("GET", "/conversations", {
        query: { ...filter, cursor: pageParam, limit: PAGE },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: keys.conversation(id),
    queryFn: ({ signal }) => request<Conversation>("GET", `/conversations/${id}`, { signal }),
  });

/** Pages run from the newest message back; read them through `asc`. */
export const messagesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: keys.messages(id),
    queryFn: ({ pageParam, signal }) =>
      request<Page<Message>>("GET", `/conversations/${id}/messages`, {
        query: { cursor: pageParam, limit: PAGE },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export const contextQuery = (id: string) =>
  queryOptions({
    queryKey: keys.context(id),
    queryFn: ({ signal }) => request<Context>("GET", `/conversations/${id}/context`, { signal }),
  });

export const mailQuery = (id: string) =>
  queryOptions({
    queryKey: keys.mail(id),
    queryFn: ({ signal }) => request<MailBody>("GET", `/messages/${id}/html`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const offersQuery = (order: string) =>
  queryOptions({
    queryKey: keys.offers(order),
    queryFn: ({ signal }) => request<OrderOffers>("GET", `/orders/${order}/offers`, { signal }),
    staleTime: 30_000,
  });

/** All loaded messages, oldest first. */
export function asc(pages: readonly Page<Message>[]): readonly Message[] {
  return pages.flatMap((page) => page.items).toReversed();
}
