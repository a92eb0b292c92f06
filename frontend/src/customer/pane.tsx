/** The context pane: identity, order, stock of the ordered goods, what was before. */
import { useQuery } from "@tanstack/react-query";
import { Check, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { type Context, contextQuery, Problem } from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { minutesUntil, useNow } from "../lib/index";
import { Bone, Failure, Glyph, Icon, IconButton } from "../ui/index";
import { linesOf } from "./handles";
import { OrderCard } from "./order";
import { SamePerson } from "./same-person";

interface CustomerPaneProps {
  readonly id: string;
  readonly hrefOf: (id: string) => string;
  readonly onOpen: (id: string) => void;
  /** Only as a drawer. */
  readonly onLeave?: () => void;
}

export function CustomerPane({ id, hrefOf, onOpen, onLeave }: CustomerPaneProps) {
  const t = useT();
  const context = useQuery(contextQuery(id));
  const leave = onLeave && <IconButton icon={X} label={t("act.leave")} onClick={onLeave} />;
  return (
    <aside className={`pane ctx ${onLeave ? "drawer" : ""}`} aria-label={t("customer.pane")}>
      {context.data ? (
        <Sections context={context.data} hrefOf={hrefOf} onOpen={onOpen} leave={leave} />
      ) : context.isError ? (
        <PaneFailure failure={context.error} onAgain={() => void context.refetch()} />
      ) : (
        <CustomerSkeleton />
      )}
    </aside>
  );
}

interface SectionsProps extends Pick<CustomerPaneProps, "hrefOf" | "onOpen"> {
  readonly context: Context;
  readonly leave: ReactNode;
}

function Sections({ context, hrefOf, onOpen, leave }: SectionsProps) {
  return (
    <>
      <Identity context={context} leave={leave} />
      {context.customer && <SamePerson id={context.customer.id} />}
      {context.orders.length > 0 && <Orders context={context} />}
      {context.stock.length > 0 && <Stock context={context} />}
      {context.earlier.length > 0 && <Earlier context={context} hrefOf={hrefOf} onOpen={onOpen} />}
    </>
  );
}

function Identity({ context, leave }: { readonly context: Context; readonly leave: ReactNode }) {
  const t = useT();
  const { customer, threads } = context;
  const summary = useSummary(context);
  return (
    <div className="sec" style={{ paddingTop: 13 }}>
      <div className="fx g8" style={{ minHeight: 28 }}>
        <h2 className="t14 b">{customer?.name || t("customer.unnamed")}</h2>
        <span className="sp" style={{ marginRight: -6 }}>
          {leave}
        </span>
      </div>
      <div className="t12 mute" style={{ marginTop: -2 }}>
        {summary}
      </div>
      <dl className="kv" style={{ marginTop: 10, gridTemplateColumns: "16px 1fr" }}>
        {linesOf(customer?.handles ?? []).map(({ text, channel, drawing, refuses }) => (
          <HandleLine
            key={text}
            refuses={refuses}
            channel={channel}
            drawing={drawing}
            text={text}
            until={threads.find((thread) => thread.channel === channel)?.reply_until_at ?? null}
          />
        ))}
      </dl>
      {threads.map(({ id, page, referrer }) => page && <Visit key={id} page={page} referrer={referrer} />)}
    </div>
  );
}

interface VisitProps {
  readonly page: string;
  readonly referrer: string | undefined;
}

/** Where on the shop's own page the customer wrote from. */
function Visit({ page, referrer }: VisitProps) {
  const t = useT();
  return (
    <div className="t12" style={{ marginTop: 6 }}>
      <div className="el">
        <span className="mute">{t("customer.looks_at")}</span>{" "}
        <a className="link" href={page} target="_blank" rel="noreferrer">
          {placeOf(page)}
        </a>
      </div>
      {referrer && (
        <div className="mute el">
          {t("customer.came_from")} {placeOf(referrer)}
        </div>
      )}
    </div>
  );
}

const placeOf = (url: string): string => url.replace(/^https?:\/\//, "").replace(/\/$/, "");

function useSummary({ customer }: Context): string {
  const t = useT();
  const format = useFormat();
  if (!customer) return "";
  const since = customer.since ? t("customer.since", { year: customer.since.slice(0, 4) }) : "";
  const orders =
    customer.order_count > 0
      ? t("customer.orders", { count: customer.order_count })
      : t("customer.no_orders");
  const spent = customer.spent.map(({ minor, currency }) => format.money(minor, currency)).join(" + ");
  return [since, [orders, spent].filter(Boolean).join(", ")].filter(Boolean).join(" · ");
}

interface HandleProps {
  readonly channel: string;
  readonly drawing: string;
  readonly text: string;
  readonly until: string | null;
  readonly refuses: readonly string[];
}

/** The time left in which the channel allows a free reply stands beside the handle. */
function HandleLine({ channel, drawing, text, until, refuses }: HandleProps) {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  const minutes = minutesUntil(until, now);
  return (
    <>
      <dt>
        <Glyph channel={channel} otherwise={drawing} small />
      </dt>
      <dd>
        <span className="el">{text}</span>
        {refuses.length > 0 && (
          <span className="chip warn">
            {t(refuses.includes("all") ? "customer.refuses_all" : "customer.refuses_unasked")}
          </span>
        )}
        {minutes !== null && minutes > 0 && (
          <span className="sp clk ok">
            <Icon of={Check} />
            {format.span(minutes)}
          </span>
        )}
      </dd>
    </>
  );
}

function Orders({ context: { orders } }: { readonly context: Context }) {
  const t = useT();
  const [at, setAt] = useState(0);
  const order = orders[Math.min(at, orders.length - 1)];
  if (!order) return null;
  return (
    <div className="sec">
      <div className="h">
        {t("order.order")}
        {orders.length > 1 && (
          <button
            type="button"
            className="sp mute t11"
            aria-label={t("order.next", { count: orders.length })}
            onClick={() => setAt((now) => (now + 1) % orders.length)}
          >
            {at + 1} / {orders.length}
          </button>
        )}
      </div>
      <OrderCard order={order} />
    </div>
  );
}

function Stock({ context: { stock } }: { readonly context: Context }) {
  const t = useT();
  const format = useFormat();
  return (
    <div className="sec">
      <div className="h">{t("customer.stock")}</div>
      {stock.map(({ sku, title, available, reserved }, at) => (
        <div className="ln" key={sku} style={at > 0 ? { marginTop: 6 } : {}}>
          <span className="grow el" title={sku}>
            {title || sku}
          </span>
          {reserved > 0 && <span className="mute t11">{t("customer.held", { count: reserved })}</span>}
          <span className="b r" style={{ minWidth: 14 }}>
            {format.number(available)}
          </span>
          <span className="mute t11">{t("customer.available")}</span>
        </div>
      ))}
    </div>
  );
}

function Earlier({ context: { earlier }, hrefOf, onOpen }: Omit<SectionsProps, "leave">) {
  const t = useT();
  const format = useFormat();
  const now = useNow();
  return (
    <div className="sec">
      <div className="h">{t("customer.earlier")}</div>
      {earlier.map(({ id, channel, subject, number, at }) => (
        <a
          className="ln"
          key={id}
          href={hrefOf(id)}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            onOpen(id);
          }}
        >
          <Glyph channel={channel} small />
          <span className="grow el">{subject || `#${number}`}</span>
          <time className="mute t11" dateTime={at}>
            {format.date(at, now)}
          </time>
        </a>
      ))}
    </div>
  );
}

function PaneFailure({ failure, onAgain }: { readonly failure: unknown; readonly onAgain: () => void }) {
  const t = useT();
  const words = {
    title: t("customer.failed"),
    text: t("customer.failed_text"),
    again: t("state.again"),
    copy: t("state.copy_code"),
  };
  return (
    <Failure
      words={words}
      code={failure instanceof Problem ? failure.code : String(failure)}
      onAgain={onAgain}
    />
  );
}

function CustomerSkeleton() {
  return (
    <div className="late" aria-busy="true">
      <div className="sec">
        <Bone w={140} h={12} />
        <Bone w={190} h={9} top={9} />
        <Bone w={120} h={9} top={16} />
        <Bone w={150} h={9} top={10} />
      </div>
      <div className="sec">
        <Bone w={44} h={9} />
        <div className="fx g8" style={{ marginTop: 14 }}>
          <Bone w={32} h={32} />
          <div>
            <Bone w={150} />
            <Bone w={90} h={9} top={7} />
          </div>
        </div>
      </div>
    </div>
  );
}
