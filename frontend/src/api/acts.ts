/** What a member does to conversations and messages: shown at once, then told to the server. */
import type { QueryClient } from "@tanstack/react-query";
import { request } from "./client";
import { type MessagesData, placeMessage, withoutMessage, withUnread } from "./fold";
import { keys } from "./keys";
import { findRow, placeEverywhere } from "./rows";
import type {
  Attachment,
  Conversation,
  ConversationPatch,
  Me,
  Message,
  NewMessage,
  ResolveAct,
  Thread,
} from "./types";

const memberOf = (queries: QueryClient): string => queries.getQueryData<Me>(keys.me)?.member.id ?? "";

function settle(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: keys.counts });
}

/** Rejects after putting the old row back, so that the caller only has to say what failed. */
export async function patchConversation(
  queries: QueryClient,
  id: string,
  patch: ConversationPatch,
): Promise<Conversation> {
  const before = findRow(queries, id);
  const member = memberOf(queries);
  const { if_version: _, follow = [], unfollow = [], ...shown } = patch;
  if (before) {
    const follower_ids = [...new Set([...before.follower_ids, ...follow])].filter(
      (one) => !unfollow.includes(one),
    );
    placeEverywhere(queries, { ...before, ...shown, follower_ids }, member, true);
  }
  try {
    const row = await request<Conversation>("PATCH", `/conversations/${id}`, { body: patch });
    placeEverywhere(queries, withUnread(row, before), member);
    settle(queries);
    return row;
  } catch (failure) {
    if (before) placeEverywhere(queries, before, member, true);
    throw failure;
  }
}

/** Everything of the customer's that is counted in the row now. */
export async function readAll(queries: QueryClient, row: Conversation): Promise<void> {
  const read = { ...row, read_in_count: row.in_count, unread: false, unread_count: 0 };
  placeEverywhere(queries, read, memberOf(queries), true);
  await request<void>("POST", `/conversations/${row.id}/read`, { body: { in_count: row.in_count } });
}

export async function markUnread(queries: QueryClient, row: Conversation): Promise<void> {
  const back = {
    ...row,
    read_in_count: Math.max(0, row.in_count - 1),
    unread: row.in_count > 0,
    unread_count: 1,
  };
  placeEverywhere(queries, back, memberOf(queries), true);
  await request<void>("POST", `/conversations/${row.id}/read`, { body: { unread: true } });
}

function show(queries: QueryClient, message: Message): void {
  queries.setQueryData<MessagesData>(keys.messages(message.conversation_id), (old) =>
    old ? placeMessage(old, message) : old,
  );
}

export async function sendMessage(queries: QueryClient, id: string, message: NewMessage): Promise<Message> {
  const row = await request<Message>("POST", `/conversations/${id}/messages`, { body: message });
  show(queries, row);
  return row;
}

/** Only while the server still holds it; a 409 says it has gone. */
export async function undoSend(queries: QueryClient, message: Message): Promise<void> {
  await request<unknown>("DELETE", `/messages/${message.id}`);
  queries.setQueryData<MessagesData>(keys.messages(message.conversation_id), (old) =>
    old ? withoutMessage(old, message.id) : old,
  );
}

/** A held message counts as its sender's word from now on. */
export async function releaseMessage(queries: QueryClient, message: Message): Promise<void> {
  show(queries, await request<Message>("POST", `/messages/${message.id}/release`));
  await queries.invalidateQueries({ queryKey: keys.context(message.conversation_id) });
}

/** The conversation's thread over there, begun when it had none. */
export async function continueOn(
  queries: QueryClient,
  id: string,
  way: { readonly connection_id: string; readonly handle?: string },
): Promise<Thread> {
  const thread = await request<Thread>("POST", `/conversations/${id}/continue`, { body: way });
  await queries.invalidateQueries({ queryKey: keys.context(id) });
  return thread;
}

/** Kept by the server until a message names it. */
export async function uploadFile(file: File, signal: AbortSignal): Promise<Attachment> {
  const body = new FormData();
  body.append("file", file);
  return await request<Attachment>("POST", "/attachments", { body, signal });
}

/** Done at the order's channel; its line stands in the order's conversation. */
export async function orderAct(
  queries: QueryClient,
  order: string,
  act: { readonly client_key: string; readonly name: string; readonly text: string },
): Promise<void> {
  show(queries, await request<Message>("POST", `/orders/${order}/acts`, { body: act }));
  await queries.invalidateQueries({ queryKey: keys.offers(order) });
}

export async function resolveMessage(queries: QueryClient, message: Message, act: ResolveAct): Promise<void> {
  const row = await request<Message | undefined>("POST", `/messages/${message.id}/resolve`, {
    body: { act },
  });
  if (row && typeof row === "object" && "version" in row) show(queries, row);
  await queries.invalidateQueries({ queryKey: keys.messages(message.conversation_id) });
}
