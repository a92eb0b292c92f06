/** One open conversation: header, timeline, composer. */
export { type ConversationActs, useConversationActs } from "./acts";
export { fetchDraft } from "./kept-draft";
export { OwedQuestion } from "./owed-question";
export { ConversationPane } from "./pane";
