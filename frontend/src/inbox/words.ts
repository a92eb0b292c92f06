/** The names of queues and of where a conversation stands. */
import type { Queue, Shelf } from "../api/index";
import { useT, type WordKey } from "../i18n/index";

const queueWords: Readonly<Record<Queue, WordKey>> = {
  mine: "queue.mine",
  unassigned: "queue.unassigned",
  deadline: "queue.deadline",
  mentions: "queue.mentions",
  handed: "queue.handed",
  all: "queue.all",
};

export const statusWords: Readonly<Record<Shelf, WordKey>> = {
  open: "status.open",
  waiting: "status.waiting",
  snoozed: "status.snoozed",
  closed: "status.closed",
};

export function useQueueWords(): (queue: Queue) => string {
  const t = useT();
  return (queue) => t(queueWords[queue]);
}
