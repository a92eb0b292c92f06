/** The list of conversations: queues, tabs, filters, rows. */
export { ConversationList } from "./list";
export { useQueueWords } from "./words";
