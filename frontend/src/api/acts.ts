/** What a member does to conversations and messages: shown at once, then told to the server. */
import type { QueryClient } from "@tanstack/react-query";
import { request } from "./client";
import { type MessagesData, placeMessage } from "./fold";
import { keys } from "./keys";
import { findRow, placeEverywhere } from "./rows";
import type { Conversation, ConversationPatch, Me, Message, NewMessage, ResolveAct } from "./types";

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
  const { if_version: _, ...shown } = patch;
  if (before) placeEverywhere(queries, { ...before, ...shown }, member, true);
  try {
    const row = await request<Conversation>("PATCH", `/conversations/${id}`, { body: patch });
    placeEverywhere(queries, row, member);
    settle(queries);
    return row;
  } catch (failure) {
    if (before) placeEverywhere(queries, before, member, true);
    throw failure;
  }
}

export async function readUpTo(queries: QueryClient, id: string, messageId: string): Promise<void> {
  const row = findRow(queries, id);
  if (row?.unread)
    placeEverywhere(queries, { ...row, unread: false, unread_count: 0 }, memberOf(queries), true);
  await request<void>("POST", `/conversations/${id}/read`, { body: { up_to_message_id: messageId } });
  settle(queries);
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
  await request<void>("DELETE", `/messages/${message.id}`);
  queries.setQueryData<MessagesData>(keys.messages(message.conversation_id), (old) =>
    old
      ? {
          ...old,
          pages: old.pages.map((page) => ({
            ...page,
            items: page.items.filter((each) => each.id !== message.id),
          })),
        }
      : old,
  );
}

export async function resolveMessage(queries: QueryClient, message: Message, act: ResolveAct): Promise<void> {
  const row = await request<Message | undefined>("POST", `/messages/${message.id}/resolve`, {
    body: { act },
  });
  if (row && typeof row === "object" && "version" in row) show(queries, row);
  await queries.invalidateQueries({ queryKey: keys.messages(message.conversation_id) });
}
