/** The server as the screen knows it: types, requests, cached answers, and changes folded into them. */
export { patchConversation, readUpTo, resolveMessage, sendMessage, undoSend } from "./acts";
export { onSignedOut, request } from "./client";
export {
  createDesk,
  type Desk,
  DeskProvider,
  useDesk,
  useLinkState,
  useMe,
  useOutbox,
  usePresence,
  useViewers,
} from "./desk";
export { type Draft, draftOf, type Mode, useDraft, useDrafts } from "./drafts";
export { foldChanges } from "./fold";
export { keys, type ListFilter } from "./keys";
export { NO_LINE, Problem } from "./problem";
export {
  asc,
  contextQuery,
  conversationQuery,
  conversationsQuery,
  countsQuery,
  demoQuery,
  meQuery,
  messagesQuery,
} from "./queries";
export { dueAt, findRow, matches } from "./rows";
export type * from "./types";
