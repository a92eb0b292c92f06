/** The composer: reply or note, over which channel, as whom, how long, what speaks against it, and send. */
import { BadgeCheck, ChevronDown, Lock, SendHorizontal } from "lucide-react";
import {
  type ClipboardEvent,
  type DragEvent,
  type RefObject,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { Context, Conversation, Mode, Thread } from "../api/index";
import { useDesk, useDraft, useDrafts } from "../api/index";
import { type Command, useCommands } from "../commands/index";
import { useT } from "../i18n/index";
import { usePhone } from "../lib/index";
import { Button, Glyph, Icon, IconButton, Keys, Menu, useChannel } from "../ui/index";
import { ApprovedSheet } from "./approved-sheet";
import { AttachButton, AttachedLine } from "./attach";
import { type Attached, attach, useAttached } from "./attached";
import { useMentionPicker } from "./mention-picker";
import { PICKER, type Picker, PickerList } from "./picker";
import { QuoteLine, useQuote } from "./quote";
import { Route, useRouteEntries } from "./route";
import { RuleLine } from "./rule-line";
import { judge, lengthOf } from "./rules";
import { SavedButton, SavedList, useSavedPicker } from "./saved-picker";
import { useSend } from "./send";
import { useTypingNews } from "./typing";

interface ComposerProps {
  readonly row: Conversation;
  readonly context: Context | undefined;
  readonly mode: Mode;
  readonly onMode: (mode: Mode) => void;
  readonly thread: Thread | null;
  readonly onThread: (thread: Thread) => void;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly onSentAndClose: () => void;
}

export function Composer(props: ComposerProps) {
  const { row, context, mode, onMode, thread, onThread, onSentAndClose } = props;
  const t = useT();
  const phone = usePhone();
  const draft = useDraft(row.id, mode);
  const text = draft?.text ?? "";
  const files = useAttached(row.id, mode);
  const verdict = mode === "note" ? ({ kind: "allow" } as const) : judge({ text, thread, files });
  const something = text.trim() !== "" || files.length > 0;
  const ready = something && files.every(({ id }) => id !== null) && verdict.kind !== "block";
  const send = useSendDraft({ row, mode, thread, text, files, ready, onSentAndClose });
  const drop = useDrop(row.id, mode);
  const chosen = (
    <>
      {mode === "reply" && <QuoteLine conversation={row.id} thread={thread} />}
      <AttachedLine conversation={row.id} mode={mode} />
    </>
  );
  useComposerKeys(send);
  const count = (
    <Count text={text} limit={mode === "reply" ? thread?.text_limit : null} unit={thread?.text_unit} />
  );
  const rule = (
    <RuleLine
      verdict={verdict}
      row={row}
      thread={thread}
      context={context}
      onThread={onThread}
      onMode={onMode}
    />
  );
  const saving = useSavedPicker(row.id, mode, text, thread?.id ?? null);
  const mentioning = useMentionPicker(row.id, mode, text);
  const picker = mode === "note" ? mentioning : saving;
  const words = <Field {...props} text={text} picker={picker} />;
  const offered =
    mode === "note" ? (
      <PickerList picker={picker} label={t("composer.names")} />
    ) : (
      <SavedList picker={picker} />
    );
  if (phone) {
    return (
      <section className={`cmp ${mode === "note" ? "noting" : ""}`} {...drop}>
        <div className="top">
          <PhoneModes {...props} />
          <span className="sp t12 mute">{count}</span>
        </div>
        {offered}
        {chosen}
        {rule}
        <div className="say">
          <AttachButton conversation={row.id} mode={mode} />
          {mode === "reply" && <SavedButton conversation={row.id} field={props.field} />}
          {words}
          <PhoneSend ready={ready} onSend={() => send(false)} />
        </div>
      </section>
    );
  }
  return (
    <section className={`cmp ${mode === "note" ? "noting" : ""}`} {...drop}>
      <div className="top">
        <Modes mode={mode} onMode={onMode} />
        <Route row={row} context={context} mode={mode} thread={thread} onThread={onThread} />
        <span className="t11 mute nw" style={{ paddingRight: 4 }}>
          {count}
        </span>
      </div>
      {words}
      {offered}
      {chosen}
      {rule}
      <Foot row={row} thread={thread} mode={mode} ready={ready} field={props.field} onSend={send} />
    </section>
  );
}

interface SendDraft extends Pick<ComposerProps, "row" | "mode" | "thread" | "onSentAndClose"> {
  readonly text: string;
  readonly files: readonly Attached[];
  readonly ready: boolean;
}

/** Files may be dropped on the composer or pasted into it. */
function useDrop(conversation: string, mode: Mode) {
  const t = useT();
  const take = (given: DataTransfer, event: { preventDefault(): void }) => {
    const files = [...given.files];
    if (files.length === 0) return;
    event.preventDefault();
    attach(conversation, mode, files, t("file.failed"));
  };
  return {
    onDrop: (event: DragEvent) => take(event.dataTransfer, event),
    onPaste: (event: ClipboardEvent) => take(event.clipboardData, event),
    onDragOver: (event: DragEvent) => event.preventDefault(),
  };
}

function useSendDraft({
  row,
  mode,
  thread,
  text,
  files,
  ready,
  onSentAndClose,
}: SendDraft): (andClose: boolean) => void {
  const sendText = useSend();
  const quote = useQuote(row.id, thread);
  return (andClose) => {
    if (!ready) return;
    const sent = files.flatMap(({ id, name, size, media_type }) =>
      id ? [{ id, name, size, media_type }] : [],
    );
    void sendText({
      conversation: row.id,
      mode,
      text: text.trim(),
      files: sent,
      thread,
      quote: quote?.id ?? null,
    });
    if (andClose) onSentAndClose();
  };
}

function useComposerKeys(send: (andClose: boolean) => void): void {
  const latest = useRef(send);
  useEffect(() => {
    latest.current = send;
  });
  const commands = useMemo((): readonly Command[] => {
    const group = "conversation" as const;
    const run = (andClose: boolean) => () => latest.current(andClose);
    return [
      { id: "send", word: "act.send", group, keys: ["mod+enter"], quiet: true, run: run(false) },
      {
        id: "send.close",
        word: "act.send_close",
        group,
        keys: ["mod+shift+enter"],
        quiet: true,
        run: run(true),
      },
    ];
  }, []);
  useCommands(commands);
}

interface FieldProps extends ComposerProps {
  readonly text: string;
  readonly picker: Picker;
}

function Field({ row, mode, field, text, thread, picker }: FieldProps) {
  const t = useT();
  const { live } = useDesk();
  const write = useDrafts((state) => state.write);
  const { label } = useChannel(thread?.channel ?? row.channel);
  const tellTyping = useTypingNews(row.id, mode);
  return (
    <textarea
      ref={field}
      className="tx"
      rows={1}
      value={text}
      placeholder={mode === "note" ? t("composer.note_hint") : t("composer.reply_hint", { channel: label })}
      aria-label={mode === "note" ? t("composer.note") : t("composer.reply_over", { channel: label })}
      aria-controls={picker.open ? PICKER : undefined}
      aria-activedescendant={
        picker.open && picker.found[picker.at] ? `${PICKER}-${picker.found[picker.at]?.id}` : undefined
      }
      onChange={(event) => {
        write(row.id, mode, event.target.value, live.cursor);
        tellTyping();
      }}
      onKeyDown={(event) => {
        if (picker.onKey(event)) return;
        if (event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}

interface CountProps {
  readonly text: string;
  readonly limit: number | null | undefined;
  readonly unit: string | null | undefined;
}

function Count({ text, limit, unit }: CountProps) {
  const t = useT();
  if (!limit) return null;
  const length = lengthOf(text, unit);
  const words = t(unit === "bytes" ? "composer.count_bytes" : "composer.count", { length, limit });
  return <span className={length > limit ? "bad m" : ""}>{words}</span>;
}

type ModesProps = Pick<ComposerProps, "mode" | "onMode">;

function Modes({ mode, onMode }: ModesProps) {
  const t = useT();
  return (
    <fieldset className="seg" aria-label={t("composer.mode")}>
      <button
        type="button"
        className={mode === "reply" ? "on" : ""}
        aria-pressed={mode === "reply"}
        onClick={() => onMode("reply")}
      >
        {t("composer.reply")}
      </button>
      <button
        type="button"
        className={mode === "note" ? "on" : ""}
        aria-pressed={mode === "note"}
        onClick={() => onMode("note")}
      >
        <Icon of={Lock} size="xs" />
        {t("composer.note")}
      </button>
    </fieldset>
  );
}

/** Only where the channel knows approved texts and the owner copied some here. */
function ApprovedButton({ row, thread }: { readonly row: Conversation; readonly thread: Thread }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  if (!thread.approved?.length) return null;
  return (
    <>
      <IconButton icon={BadgeCheck} label={t("approved.title")} onClick={() => setOpen(true)} />
      {open && <ApprovedSheet row={row} thread={thread} onClose={() => setOpen(false)} />}
    </>
  );
}

interface FootProps {
  readonly row: Conversation;
  readonly thread: Thread | null;
  readonly mode: Mode;
  readonly ready: boolean;
  readonly field: ComposerProps["field"];
  readonly onSend: (andClose: boolean) => void;
}

function Foot({ row, thread, mode, ready, field, onSend }: FootProps) {
  const t = useT();
  return (
    <div className="bot">
      <AttachButton conversation={row.id} mode={mode} />
      {mode === "reply" && <SavedButton conversation={row.id} field={field} />}
      {mode === "reply" && thread && <ApprovedButton row={row} thread={thread} />}
      <span className="sp" />
      <span className="split">
        <Button primary disabled={!ready} onClick={() => onSend(false)}>
          {t(mode === "note" ? "act.add_note" : "act.send")} <Keys of="mod+enter" />
        </Button>
        <Menu
          label={t("composer.more")}
          entries={[
            {
              label: t("act.send_close"),
              hint: <Keys of="mod+shift+enter" />,
              off: !ready,
              run: () => onSend(true),
            },
          ]}
        >
          {(button) => (
            <button
              type="button"
              className="btn p"
              aria-label={t("composer.more")}
              disabled={!ready}
              {...button}
            >
              <Icon of={ChevronDown} size="s" />
            </button>
          )}
        </Menu>
      </span>
    </div>
  );
}

function PhoneModes({ row, context, mode, onMode, thread, onThread }: ComposerProps) {
  const t = useT();
  const channel = thread?.channel ?? row.channel;
  const { label } = useChannel(channel);
  const { entries, dialog } = useRouteEntries({ row, context, thread, onThread });
  return (
    <>
      {dialog}
      <Menu label={t("composer.choose_thread")} entries={entries.length > 1 ? entries : []}>
        {(button) => (
          <button
            type="button"
            className={`mode ${mode === "reply" ? "on" : ""}`}
            {...(mode === "reply" && entries.length > 1 ? button : { onClick: () => onMode("reply") })}
          >
            <Glyph channel={channel} small />
            {label}
            {entries.length > 1 && <Icon of={ChevronDown} size="s" />}
          </button>
        )}
      </Menu>
      <button type="button" className={`mode ${mode === "note" ? "on" : ""}`} onClick={() => onMode("note")}>
        <Icon of={Lock} size="s" />
        {t("composer.note")}
      </button>
    </>
  );
}

function PhoneSend({ ready, onSend }: { readonly ready: boolean; readonly onSend: () => void }) {
  const t = useT();
  return (
    <IconButton
      icon={SendHorizontal}
      label={t("act.send")}
      framed
      className="p"
      disabled={!ready}
      onClick={onSend}
    />
  );
}
