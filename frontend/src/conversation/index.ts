/** One open conversation: header, timeline, composer. */
export { type ConversationActs, useConversationActs } from "./acts";
export { ConversationPane } from "./pane";
