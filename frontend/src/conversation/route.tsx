/** "eBay as Sekar Batik to hwhitlock_84": over which channel the answer goes. Another thread, or another channel, can be chosen. */
import { ChevronDown } from "lucide-react";
import { type ReactNode, useState } from "react";
import { type Context, type Conversation, continueOn, type Thread, useDesk, type Way } from "../api/index";
import { useFormat, useT, type WordKey } from "../i18n/index";
import { Glyph, Icon, Menu, type MenuEntry, toast, useChannel, useChannels } from "../ui/index";
import { problemWords } from "./acts";
import { AskAddress } from "./ask-address";

interface RoutesProps {
  readonly row: Conversation;
  readonly context: Context | undefined;
  readonly thread: Thread | null;
  readonly onThread: (thread: Thread) => void;
}

interface RouteProps extends RoutesProps {
  readonly mode: "reply" | "note";
}

export function Route({ row, context, mode, thread, onThread }: RouteProps) {
  const t = useT();
  const { entries, dialog } = useRouteEntries({ row, context, thread, onThread });
  const channel = thread?.channel ?? row.channel;
  const { label } = useChannel(channel);
  const words = useSenderWords(row, context, thread);
  if (mode === "note") return <span className="to mute">{t("note.only_team")}</span>;
  const inside = (
    <>
      <Glyph channel={channel} small />
      <span className="m">{label}</span>
      <span className="mute el">{words}</span>
    </>
  );
  if (entries.length < 2) return <span className="to">{inside}</span>;
  return (
    <>
      {dialog}
      <Menu label={t("composer.choose_thread")} entries={entries} width={380}>
        {(button) => (
          <button type="button" className="to" {...button}>
            {inside}
            <Icon of={ChevronDown} size="xs" />
          </button>
        )}
      </Menu>
    </>
  );
}

function useSenderWords(row: Conversation, context: Context | undefined, thread: Thread | null): string {
  const t = useT();
  const channel = thread?.channel ?? row.channel;
  const handle = context?.customer?.handles.find((each) => each.channel === channel);
  const sender = row.brand || thread?.connection_name;
  const receiver = thread?.to || handle?.label || handle?.value || row.customer.name;
  return [
    sender ? t("composer.as", { name: sender }) : "",
    receiver ? t("composer.to", { name: receiver }) : "",
  ]
    .filter(Boolean)
    .join(" ");
}

interface RouteEntries {
  readonly entries: readonly MenuEntry[];
  /** Asks for an address; to be drawn beside the menu. */
  readonly dialog: ReactNode;
}

/** The threads there are, then the channels the talk may go on over, each with the rule's words. */
export function useRouteEntries(props: RoutesProps): RouteEntries {
  const { context, thread, onThread } = props;
  const t = useT();
  const format = useFormat();
  const labelOf = useLabels();
  const goOn = useGoOn(props);
  const wordsOf = useWayWords();
  const [asking, setAsking] = useState<Way | null>(null);
  const ways = context?.ways ?? [];
  const threads = (context?.threads ?? []).map((each): MenuEntry => {
    const until = each.reply_until_at && t("composer.until", { time: format.time(each.reply_until_at) });
    return {
      label: labelOf(each.channel),
      mark: <Glyph channel={each.channel} small />,
      hint: each.can_reply ? until : t("composer.closed"),
      on: each.id === thread?.id,
      run: () => onThread(each),
    };
  });
  const others = ways.map((way): MenuEntry => {
    const typed = way.code === "no_address" && way.kind !== "";
    return {
      label: labelOf(way.channel),
      mark: <Glyph channel={way.channel} small />,
      hint: wordsOf(way),
      off: way.level === "block" && !typed,
      run: () => (typed ? setAsking(way) : void goOn(way)),
    };
  });
  const heading: readonly MenuEntry[] =
    others.length > 0 ? [{ rule: true }, { heading: t("composer.continue_on") }] : [];
  const dialog = asking && (
    <AskAddress
      way={asking}
      channel={labelOf(asking.channel)}
      onClose={() => setAsking(null)}
      onAddress={async (address) => {
        if (await goOn(asking, address)) setAsking(null);
      }}
    />
  );
  return { entries: [...threads, ...heading, ...others], dialog };
}

export function useLabels(): (channel: string) => string {
  const channels = useChannels();
  return (channel) => channels.find(({ key }) => key === channel)?.label ?? channel;
}

/** Begins or finds the thread over there and turns the composer to it. False when the server said no. */
export function useGoOn({ row, onThread }: Pick<RoutesProps, "row" | "onThread">) {
  const { queries } = useDesk();
  const t = useT();
  return async (way: Way, handle?: string): Promise<boolean> => {
    try {
      onThread(
        await continueOn(queries, row.id, {
          connection_id: way.connection_id,
          ...(handle ? { handle } : {}),
        }),
      );
      return true;
    } catch (failure) {
      toast(problemWords(failure, t("state.server_failed")), { bad: true });
      return false;
    }
  };
}

const words: Readonly<Record<string, WordKey>> = {
  keeps_buyers: "way.keeps_buyers",
  cannot_begin: "way.cannot_begin",
  no_address: "way.no_address",
  guessed: "way.guessed",
  moves: "way.moves",
  shadow: "way.shadow",
  paused: "way.paused",
  refused_all: "way.refused_all",
  refused_unasked: "way.refused_unasked",
  window_closed: "way.window_closed",
};

/** What the rule says of it; whom it reaches where it has nothing to say. */
export function useWayWords(): (way: Way) => string {
  const t = useT();
  return (way) => {
    const known = Object.hasOwn(words, way.code) ? words[way.code] : undefined;
    const said = known ? t(known) : way.reason;
    const reached = way.handles[0] ?? "";
    const first = way.opens === "template" && way.level !== "block" ? t("way.template") : "";
    return [way.level === "block" ? "" : reached, said, first].filter(Boolean).join(" · ");
  };
}
