/** The slim header: what it is about, both clocks, who else looks, whose it is, close. */
import {
  AlarmClockOff,
  ArrowRightLeft,
  Bell,
  Check,
  ChevronLeft,
  Clock as ClockIcon,
  Ellipsis,
  PanelRight,
  ReceiptText,
  RotateCcw,
  UserPlus,
  Zap,
} from "lucide-react";
import type { ReactNode } from "react";
import { type Conversation, useMe, useViewers } from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { useNow, usePhone } from "../lib/index";
import {
  Avatar,
  Avatars,
  Button,
  Clock,
  IconButton,
  Keys,
  Menu,
  type MenuEntry,
  useChannel,
} from "../ui/index";
import type { ConversationActs } from "./acts";
import { useFollowEntries, useFollowerWords } from "./followers";
import { useMergeEntries } from "./merge-entries";
import { useSnoozeEntries } from "./snooze";

export interface HeaderProps {
  readonly row: Conversation;
  readonly acts: ConversationActs;
  readonly assigning: boolean;
  readonly onAssigning: (open: boolean) => void;
  /** Opens the sheet that takes words. */
  readonly onSnooze: () => void;
  readonly onHandOver: () => void;
  readonly onMacro: () => void;
  readonly onClose: () => void;
  readonly onBack: () => void;
  readonly onCustomer: () => void;
  readonly hasCustomerPane: boolean;
}

export function Header(props: HeaderProps) {
  const phone = usePhone();
  return phone ? <PhoneHeader {...props} /> : <WideHeader {...props} />;
}

function WideHeader(props: HeaderProps) {
  const { row, acts, assigning, onAssigning, onClose, onCustomer, hasCustomerPane } = props;
  const t = useT();
  return (
    <header className="bar" style={{ height: 56, gap: 4 }}>
      <div className="grow">
        <h2 className="t14 b el">
          {row.subject || row.customer.name || t("inbox.no_subject")}{" "}
          <span className="t11 mute" style={{ fontWeight: 400 }}>
            #{row.number}
          </span>
        </h2>
        <Clocks row={row} />
      </div>
      <Lookers id={row.id} />
      <span style={{ width: 4 }} />
      <Assign row={row} acts={acts} open={assigning} onOpen={onAssigning} />
      <Followers row={row} acts={acts} />
      {!hasCustomerPane && (
        <IconButton icon={PanelRight} label={t("customer.open_pane")} framed onClick={onCustomer} />
      )}
      {row.status !== "closed" && (
        <IconButton icon={ArrowRightLeft} label={t("act.hand_over")} framed onClick={props.onHandOver} />
      )}
      <More row={row} onMacro={props.onMacro} />
      {row.status === "open" && <Snooze {...props} />}
      {row.status === "snoozed" && (
        <Button icon={AlarmClockOff} onClick={() => acts.reopen(row)}>
          {t("act.wake")}
        </Button>
      )}
      {row.status === "closed" ? (
        <Button icon={RotateCcw} onClick={() => acts.reopen(row)}>
          {t("act.reopen")}
        </Button>
      ) : (
        <Button icon={Check} onClick={onClose}>
          {t("act.close")}
        </Button>
      )}
    </header>
  );
}

function More({ row, onMacro }: Pick<HeaderProps, "row" | "onMacro">) {
  const t = useT();
  const macro = { label: t("macro.run"), icon: Zap, hint: <Keys of="m" />, run: onMacro };
  const entries = [macro, ...useMergeEntries(row)];
  return (
    <Menu label={t("act.more")} entries={entries}>
      {(button) => <IconButton icon={Ellipsis} label={t("act.more")} framed {...button} />}
    </Menu>
  );
}

function Followers({ row, acts }: Pick<HeaderProps, "row" | "acts">) {
  const entries = useFollowEntries(row, acts);
  const label = useFollowerWords(row);
  return (
    <Menu label={label} entries={entries}>
      {(button) => (
        <button type="button" className="btn" aria-label={label} title={label} {...button}>
          <Bell className="i" aria-hidden="true" />
          {row.follower_ids.length > 0 && <span className="t11">{row.follower_ids.length}</span>}
        </button>
      )}
    </Menu>
  );
}

function Snooze({ row, acts, onSnooze }: HeaderProps) {
  const t = useT();
  const words = { label: t("snooze.words"), hint: <Keys of="h" />, run: onSnooze };
  const entries = [...useSnoozeEntries(row, acts), words];
  return (
    <Menu label={t("snooze.title")} entries={entries}>
      {(button) => <IconButton icon={ClockIcon} label={t("snooze.title")} framed {...button} />}
    </Menu>
  );
}

function PhoneHeader(props: HeaderProps) {
  const { row, acts, onClose, onBack, onCustomer, onHandOver, onMacro } = props;
  const t = useT();
  const entries = useAssignEntries(row, acts);
  const snoozes = useSnoozeEntries(row, acts);
  const merges = useMergeEntries(row);
  const follows = useFollowEntries(row, acts);
  const closed = row.status === "closed";
  return (
    <header className="cbar">
      <IconButton icon={ChevronLeft} label={t("act.back")} onClick={onBack} />
      <div className="grow" style={{ lineHeight: 1.25 }}>
        <h1 className="b el" style={{ fontSize: 15 }}>
          {row.customer.name || row.subject || t("customer.unnamed")}
        </h1>
        <Clocks row={row} />
      </div>
      <IconButton icon={ReceiptText} label={t("customer.open_pane")} onClick={onCustomer} />
      <Menu
        label={t("act.more")}
        entries={[
          closed
            ? { label: t("act.reopen"), icon: RotateCcw, run: () => acts.reopen(row) }
            : { label: t("act.close"), icon: Check, run: onClose },
          { label: t("act.hand_over"), icon: ArrowRightLeft, off: closed, run: onHandOver },
          { label: t("macro.run"), icon: Zap, run: onMacro },
          { heading: t("snooze.title") },
          ...snoozes,
          { label: t("snooze.words"), run: props.onSnooze },
          ...merges,
          ...entries,
          ...follows,
        ]}
      >
        {(button) => <IconButton icon={Ellipsis} label={t("act.more")} {...button} />}
      </Menu>
    </header>
  );
}

function Clocks({ row }: { readonly row: Conversation }): ReactNode {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const { label } = useChannel(row.channel);
  if (row.status === "closed") return <div className="t11 mute">{t("status.closed")}</div>;
  if (row.status === "snoozed" && row.snoozed_until) {
    const time = `${format.day(row.snoozed_until, now)} ${format.time(row.snoozed_until)}`;
    return <div className="t11 mute">{t("clock.snoozed", { time })}</div>;
  }
  return (
    <div className="fx g12" style={{ marginTop: 1 }}>
      {row.company_due_at && (
        <Clock due={row.company_due_at} now={now} whose="company" words={t("clock.company")} />
      )}
      {row.market_due_at && (
        <Clock due={row.market_due_at} now={now} whose="market" words={label} channel={row.channel} />
      )}
      {row.promise_due_at && (
        <Clock due={row.promise_due_at} now={now} whose="promise" words={t("clock.promise")} />
      )}
      {!row.next_due_at && (
        <span className="clk">
          {row.waiting_on === "customer" ? t("clock.waiting_customer") : t("clock.none")}
        </span>
      )}
    </div>
  );
}

function Lookers({ id }: { readonly id: string }) {
  const t = useT();
  const people = useViewers()(id);
  if (people.length === 0) return null;
  const label = people
    .map(({ person, replying }) => t(replying ? "presence.replies" : "presence.reads", { name: person.name }))
    .join(", ");
  return <Avatars people={people} size="" label={label} />;
}

interface AssignProps {
  readonly row: Conversation;
  readonly acts: ConversationActs;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
}

function Assign({ row, acts, open, onOpen }: AssignProps) {
  const t = useT();
  const { members, member } = useMe();
  const entries = useAssignEntries(row, acts);
  const owner = members.find(({ id }) => id === row.assignee_id);
  const mine = row.assignee_id === member.id;
  const label = owner ? t("assign.to", { name: mine ? t("assign.you") : owner.name }) : t("assign.nobody");
  return (
    <Menu label={t("act.assign")} entries={entries} open={open} onOpen={onOpen}>
      {(button) => (
        <button
          type="button"
          className="btn"
          style={owner ? { padding: "0 5px" } : {}}
          aria-label={label}
          title={label}
          {...button}
        >
          {owner ? <Avatar of={owner} /> : <UserPlus className="i" aria-hidden="true" />}
        </button>
      )}
    </Menu>
  );
}

function useAssignEntries(row: Conversation, acts: ConversationActs): readonly MenuEntry[] {
  const t = useT();
  const { members, member, teams } = useMe();
  const others = members.filter(({ id }) => id !== member.id);
  return [
    { heading: t("assign.person") },
    ...[member, ...others].map((each) => ({
      label: each.id === member.id ? t("assign.me") : each.name,
      mark: <Avatar of={each} />,
      on: row.assignee_id === each.id,
      run: () => acts.assign(row, each.id),
    })),
    { label: t("assign.nobody"), off: row.assignee_id === null, run: () => acts.assign(row, null) },
    ...(teams.length > 0
      ? [
          { heading: t("assign.team") },
          ...teams.map(({ id, name }) => ({
            label: name,
            on: row.team_id === id,
            run: () => acts.assignTeam(row, id),
          })),
        ]
      : []),
  ];
}
