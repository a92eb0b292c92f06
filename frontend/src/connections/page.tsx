/** The connections page: one sentence, the table, what is parked, and the way to connect another. */
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useRef } from "react";
import {
  type ChannelOffer,
  type Checked,
  type ConnectionRow,
  channelsQuery,
  connectionRowsQuery,
  isPublic,
  Problem,
  parkedQuery,
} from "../api/index";
import { useT } from "../i18n/index";
import { useAddress, useNow } from "../lib/index";
import { Bone, Button, Failure } from "../ui/index";
import { Connect, FirstConnection } from "./connect";
import { ConsentResult } from "./consent";
import "./connections.css";
import { Detail } from "./detail";
import { isGone, sumOf } from "./model";
import { Parked } from "./parked";
import { Table } from "./table";
import { sentence } from "./words";

const NOBODY: readonly ConnectionRow[] = [];
const NO_OFFERS: readonly ChannelOffer[] = [];

export function ConnectionsPage() {
  const now = useNow(5_000);
  const [address, setAddress] = useAddress();
  const load = useQuery(connectionRowsQuery);
  const { data: offers = NO_OFFERS } = useQuery(channelsQuery);
  const rows = (load.data ?? NOBODY).filter((row) => !isGone(row));
  /** What the channel said of the keys of the connection that was just made. */
  const checked = useRef<{ readonly id: string; readonly result: Checked | null } | null>(null);
  if (address.add !== undefined)
    return (
      <Connect
        offers={offers}
        rows={rows}
        channel={address.add === "any" ? null : address.add}
        reachable={isPublic(rows[0]?.hook_url ?? location.origin)}
        onChannel={(channel) => setAddress({ add: channel ?? "any" })}
        onMade={(id, result) => {
          checked.current = { id, result };
          setAddress({ add: null, open: id });
        }}
        onClose={() => setAddress({ add: null })}
      />
    );
  const opened = rows.find(({ id }) => id === address.open);
  return (
    <div className={`co-page ${opened ? "" : "one"}`}>
      <main className="pane">
        <Top rows={rows} loaded={load.isSuccess} now={now} onAdd={() => setAddress({ add: "any" })} />
        {address.consent && (
          <ConsentResult
            word={address.consent}
            onOpen={(id) => setAddress({ consent: null, open: id })}
            onAgain={(channel) => setAddress({ consent: null, add: channel ?? "any" })}
            onClose={() => setAddress({ consent: null })}
          />
        )}
        <div className="co-scroll">
          {load.isPending && <Bones />}
          {load.isError && <Failed error={load.error} onAgain={() => void load.refetch()} />}
          {load.isSuccess && rows.length === 0 && (
            <FirstConnection onAdd={() => setAddress({ add: "any" })} />
          )}
          {rows.length > 0 && <Table rows={rows} now={now} onOpen={(id) => setAddress({ open: id })} />}
          {rows.length > 0 && <Parked now={now} />}
        </div>
      </main>
      {opened && (
        <Detail
          key={opened.id}
          row={opened}
          offer={offers.find(({ key }) => key === opened.channel)}
          now={now}
          checked={checked.current?.id === opened.id ? checked.current.result : null}
          onClose={() => setAddress({ open: null })}
        />
      )}
    </div>
  );
}

interface TopProps {
  readonly rows: readonly ConnectionRow[];
  readonly loaded: boolean;
  readonly now: number;
  readonly onAdd: () => void;
}

function Top({ rows, loaded, now, onAdd }: TopProps) {
  const t = useT();
  const { data: parked } = useQuery(parkedQuery);
  const sum = sumOf(rows, now);
  const waits = rows.reduce((total, row) => total + row.behind_listings, 0);
  const parts = [
    parked && parked.items.length > 0
      ? t("connections.kept", { count: parked.items.length })
      : t("connections.nothing_parked"),
    waits > 0 ? t("connections.listings_wait", { count: waits }) : "",
    sum.shadow.length > 0
      ? t("connections.in_shadow", { count: sum.shadow.length, names: sum.shadow.join(", ") })
      : "",
  ];
  return (
    <header className="co-top">
      <div className="grow">
        <h1 className="t20 b">{loaded ? sentence(sum, t) : t("nav.connections")}</h1>
        <p className="mute">
          {rows.length > 0 ? parts.filter(Boolean).join(" ") : t("connections.none_next")}
        </p>
      </div>
      {rows.length > 0 && (
        <Button primary large icon={Plus} onClick={onAdd}>
          {t("connections.connect_a")}
        </Button>
      )}
    </header>
  );
}

const BONES = Array.from({ length: 6 }, (_, at) => at);

function Bones() {
  return (
    <div className="late" aria-busy="true" style={{ padding: "30px 24px 0" }}>
      {BONES.map((at) => (
        <div key={at} className="fx g24" style={{ height: 39 }}>
          <Bone w={140} />
          <Bone w={60} />
          <Bone w={40} />
          <div className="grow">
            <Bone w="60%" />
          </div>
          <Bone w={70} />
        </div>
      ))}
    </div>
  );
}

function Failed({ error, onAgain }: { readonly error: unknown; readonly onAgain: () => void }) {
  const t = useT();
  const problem = error instanceof Problem ? error : null;
  const words = {
    title: t("page.failed"),
    text: problem?.status === 0 ? t("state.no_line") : problem?.detail || t("state.server_failed"),
    again: t("state.again"),
    copy: t("state.copy_code"),
  };
  return (
    <Failure
      words={words}
      code={problem ? `${problem.status} ${problem.code}` : String(error)}
      onAgain={onAgain}
    />
  );
}
