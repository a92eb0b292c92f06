/** The server as the screen knows it: types, requests, cached answers, and changes folded into them. */
export {
  continueOn,
  markUnread,
  orderAct,
  patchConversation,
  readAll,
  releaseMessage,
  resolveMessage,
  sendMessage,
  undoSend,
  uploadFile,
} from "./acts";
export { onSignedOut, request } from "./client";
export * from "./connections";
export * from "./deciding";
export {
  createDesk,
  type Desk,
  DeskProvider,
  useConnections,
  useDesk,
  useLinkState,
  useMe,
  useOutbox,
  usePresence,
  useViewers,
} from "./desk";
export { type Draft, draftOf, type Mode, useDraft, useDrafts, useHasDraft } from "./drafts";
export { foldChanges } from "./fold";
export * from "./handing";
export { keys, type ListFilter } from "./keys";
export * from "./merging";
export { groupsOf, isPublic, type Lateness, latenessOf, type Need } from "./offers";
export * from "./orders";
export { NO_LINE, Problem } from "./problem";
export {
  asc,
  connectionsQuery,
  contextQuery,
  conversationQuery,
  conversationsQuery,
  countsQuery,
  demoQuery,
  mailQuery,
  meQuery,
  messagesQuery,
  offersQuery,
} from "./queries";
export { dueAt, findRow, matches } from "./rows";
export * from "./saved";
export * from "./sheets";
export * from "./stock";
export type * from "./types";
