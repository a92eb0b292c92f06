/** Names of cached answers. */
import type { Queue, Shelf } from "./types";

/** What a list shows; exactly what stands in the address of the page. */
export interface ListFilter {
  readonly queue: Queue;
  /** None while words are searched for everywhere. */
  readonly status?: Shelf;
  readonly channel?: string;
  readonly assignee_id?: string;
  readonly team_id?: string;
  readonly q?: string;
}

export const keys = {
  me: ["me"],
  counts: ["counts"],
  connections: ["connections"],
  demo: ["demo"],
  lists: ["conversations"],
  list: (filter: ListFilter) => ["conversations", filter],
  conversation: (id: string) => ["conversation", id],
  messages: (id: string) => ["messages", id],
  mail: (message: string) => ["mail", message],
  offers: (order: string) => ["offers", order],
  suggestions: (customer: string) => ["suggestions", customer],
  merges: (customer: string) => ["merges", customer],
  context: (id: string) => ["context", id],
} as const;
