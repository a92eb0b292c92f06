/** What can be done with the open conversation, by key and from the palette. */
import {
  AlarmClock,
  ArrowRightLeft,
  Check,
  ChevronLeft,
  Lock,
  MailOpen,
  MessageSquareText,
  Reply,
  RotateCcw,
  UserCheck,
  UserPlus,
  Zap,
} from "lucide-react";
import { useEffect, useMemo, useRef } from "react";
import { type Conversation, type Mode, markUnread, useDesk, useMe } from "../api/index";
import { type Command, useCommands } from "../commands/index";
import type { ConversationActs } from "./acts";

export type ConversationMenu = "assign" | "snooze" | "handoff" | "macro";

interface KeysOfConversation {
  readonly onBack: () => void;
  /** Close has been decided; the page moves on to the next one. */
  readonly onClose: (row: Conversation) => void;
  readonly onNeighbour: (by: 1 | -1) => void;
  readonly row: Conversation;
  readonly acts: ConversationActs;
  readonly write: (mode: Mode) => void;
  readonly insert: () => void;
  readonly onMenu: (menu: ConversationMenu) => void;
  /** Its keys are the offer's then. */
  readonly forMe: boolean;
}

export function useConversationKeys(props: KeysOfConversation): void {
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const { member } = useMe();
  const { queries } = useDesk();
  const closed = props.row.status === "closed";
  const { forMe } = props;
  const commands = useMemo((): readonly Command[] => {
    const now = () => latest.current;
    const group = "conversation" as const;
    const toggle: Command = closed
      ? {
          id: "reopen",
          word: "act.reopen",
          group,
          icon: RotateCcw,
          keys: ["e"],
          run: () => now().acts.reopen(now().row),
        }
      : {
          id: "close",
          word: "act.close",
          group,
          icon: Check,
          keys: ["e"],
          run: () => now().onClose(now().row),
        };
    return [
      {
        id: "reply",
        word: "act.reply",
        group,
        icon: Reply,
        keys: ["r", "o"],
        run: () => now().write("reply"),
      },
      {
        id: "note",
        word: "act.note",
        group,
        icon: Lock,
        keys: ["n", "shift+n"],
        run: () => now().write("note"),
      },
      {
        id: "saved",
        word: "saved.insert",
        group,
        icon: MessageSquareText,
        keys: ["t"],
        run: () => now().insert(),
      },
      {
        id: "macro",
        word: "macro.run",
        group,
        icon: Zap,
        keys: ["m"],
        run: () => now().onMenu("macro"),
      },
      toggle,
      {
        id: "assign",
        word: "act.assign",
        group,
        icon: UserPlus,
        keys: forMe ? [] : ["a"],
        run: () => now().onMenu("assign"),
      },
      {
        id: "snooze",
        word: "snooze.title",
        group,
        icon: AlarmClock,
        keys: ["h"],
        run: () => now().onMenu("snooze"),
      },
      {
        id: "handoff",
        word: "act.hand_over",
        group,
        icon: ArrowRightLeft,
        keys: ["shift+h"],
        run: () => now().onMenu("handoff"),
      },
      {
        id: "unread",
        word: "act.unread",
        group,
        icon: MailOpen,
        keys: ["shift+u"],
        run: () => {
          void markUnread(queries, now().row);
          now().onBack();
        },
      },
      {
        id: "take",
        word: "act.take",
        group,
        icon: UserCheck,
        keys: ["i"],
        run: () => now().acts.assign(now().row, member.id),
      },
      {
        id: "back",
        word: "act.back",
        group,
        icon: ChevronLeft,
        keys: ["u", "esc"],
        run: () => now().onBack(),
      },
      { id: "newer", word: "key.newer", group, quiet: true, keys: ["["], run: () => now().onNeighbour(-1) },
      { id: "older", word: "key.older", group, quiet: true, keys: ["]"], run: () => now().onNeighbour(1) },
    ];
  }, [closed, forMe, member.id, queries]);
  useCommands(commands);
}
