/** What stands in the address: the list's filter, read leniently and written shortly. */
import type { ListFilter, Queue, Shelf } from "../api/index";

export interface InboxAddress {
  readonly queue?: Queue;
  readonly status?: Shelf;
  readonly channel?: string;
  readonly assignee_id?: string;
  readonly team_id?: string;
  readonly q?: string;
  /** The search field is open. */
  readonly find?: "1";
}

const QUEUES: readonly Queue[] = ["mine", "unassigned", "all", "deadline", "mentions", "handed"];
const STATUSES: readonly Shelf[] = ["open", "waiting", "snoozed", "closed"];

const oneOf = <T extends string>(known: readonly T[], value: unknown): T | undefined =>
  known.find((each) => each === value);
const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

export function readInbox(search: Readonly<Record<string, unknown>>): InboxAddress {
  return clean({
    queue: oneOf(QUEUES, search.queue),
    status: oneOf(STATUSES, search.status),
    channel: text(search.channel),
    assignee_id: text(search.assignee_id),
    team_id: text(search.team_id),
    q: text(search.q),
    find: oneOf(["1"] as const, search.find),
  });
}

/** Words are searched for in every status until a tab is chosen. */
export function filterOf({ find: _, ...address }: InboxAddress): ListFilter {
  const status = address.status ?? (address.q ? undefined : "open");
  return { ...address, queue: address.queue ?? "mine", ...(status ? { status } : {}) };
}

/** Without what is not set and without what is meant anyway. */
export function clean(
  address: { readonly [K in keyof InboxAddress]: InboxAddress[K] | undefined },
): InboxAddress {
  const kept = Object.entries(address).filter(
    ([name, value]) => value !== undefined && !(name === "status" && value === "open" && !address.q),
  );
  return Object.fromEntries(kept) as InboxAddress;
}

/** Plain text in the address, no quoted JSON: links stay readable and can be typed. */
export const parseSearch = (search: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(search));

export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null) parameters.set(name, String(value));
  }
  const words = parameters.toString();
  return words ? `?${words}` : "";
}
