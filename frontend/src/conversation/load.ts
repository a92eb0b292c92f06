/** What a conversation's pane loads, and where to go on when it was merged into another. */
import { useEffect } from "react";
import type { Conversation, Message } from "../api/index";

export interface MessagesLoad {
  readonly data:
    | {
        readonly pages: readonly {
          readonly items: readonly Message[];
          readonly next_cursor: string | null;
        }[];
      }
    | undefined;
  readonly isError: boolean;
  readonly error: unknown;
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  refetch(): unknown;
  fetchNextPage(): unknown;
}

export function useMoved(id: string, row: Conversation | undefined, onMoved: (id: string) => void): void {
  const there = row?.merged_into ?? row?.id ?? id;
  useEffect(() => {
    if (there !== id) onMoved(there);
  }, [there, id, onMoved]);
}
