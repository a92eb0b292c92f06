/** Navigation in words: pages, queues with counts, teams; on a phone the bar below. */
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, type LucideIcon, Menu as MenuIcon, Search } from "lucide-react";
import type { MouseEvent, ReactNode } from "react";
import { countsQuery, type Queue, useLinkState, useMe } from "../api/index";
import { useFormat, useT, type WordKey } from "../i18n/index";
import { Avatar, Icon, Keys, Logo, Menu } from "../ui/index";
import { useAccountEntries } from "./account";
import { useTroubles } from "./troubles";

export interface NavPage {
  /** The first part of its address. */
  readonly name: string;
  readonly path: string;
  readonly word: WordKey;
  readonly icon: LucideIcon;
  /** After g. */
  readonly key: string;
}

export interface NavProps {
  readonly pages: readonly NavPage[];
  readonly page: string;
  readonly queue: Queue | null;
  readonly teamId: string | null;
  readonly onGo: (path: string) => void;
  readonly onSignedOut: () => void;
}

const QUEUES: readonly { readonly queue: Queue; readonly word: WordKey }[] = [
  { queue: "mine", word: "queue.mine" },
  { queue: "unassigned", word: "queue.unassigned" },
  { queue: "deadline", word: "queue.deadline" },
  { queue: "mentions", word: "queue.mentions" },
  { queue: "handed", word: "queue.handed" },
  { queue: "all", word: "queue.all" },
];

/** A plain link that the page follows without loading anew. */
export function Go(props: {
  readonly path: string;
  readonly on: boolean;
  readonly className?: string;
  readonly label?: string;
  readonly onGo: (path: string) => void;
  readonly children: ReactNode;
}) {
  const { path, on, className = "", label, onGo, children } = props;
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onGo(path);
  };
  return (
    <a
      href={path}
      className={`${className} ${on ? "on" : ""}`}
      aria-current={on ? "page" : undefined}
      aria-label={label}
      title={label}
      onClick={follow}
    >
      {children}
    </a>
  );
}

export function Nav({ pages, page, queue, teamId, onGo, onSignedOut }: NavProps) {
  const t = useT();
  const { workspace, teams } = useMe();
  const format = useFormat();
  const { data: counts } = useQuery(countsQuery);
  const account = useAccountEntries(onSignedOut);
  const troubles = useTroubles();
  const count = (value: number | undefined) =>
    value !== undefined &&
    value > 0 && <span className="cnt">{value > 999 ? "999+" : format.number(value)}</span>;
  return (
    <nav className="nav" aria-label={t("nav.main")}>
      <Menu label={t("nav.account")} entries={account} width={240}>
        {(button) => (
          <button type="button" className="ws" {...button}>
            <Logo size={22} />
            <span className="el grow">{workspace.name}</span>
            <Icon of={ChevronDown} size="s" className="mute" />
          </button>
        )}
      </Menu>
      <Go path="/inbox?queue=all&find=1" on={false} onGo={onGo}>
        <Icon of={Search} />
        {t("nav.search")}
        <span className="cnt">
          <Keys of="/" />
        </span>
      </Go>
      {pages.map(({ name, path, word, icon }) => (
        <Go
          key={name}
          path={path}
          on={page === name && name !== "inbox"}
          className={page === name ? "sel" : ""}
          onGo={onGo}
        >
          <Icon of={icon} />
          {t(word)}
          {name === "inbox" && count(counts?.all)}
          {name === "incidents" && count(troubles.incidents)}
          {name === "connections" && troubles.connections && <span className="dot warn sp" />}
        </Go>
      ))}
      <div className="h">{t("nav.queues")}</div>
      {QUEUES.filter(
        ({ queue: each }) => each in (counts ?? { mine: 0, unassigned: 0, deadline: 0, all: 0 }),
      ).map(({ queue: each, word }) => (
        <Go
          key={each}
          path={`/inbox?queue=${each}`}
          on={page === "inbox" && queue === each && !teamId}
          onGo={onGo}
        >
          {t(word)}
          {count(counts?.[each])}
        </Go>
      ))}
      {teams.length > 0 && <div className="h">{t("nav.teams")}</div>}
      {teams.map(({ id, name }) => (
        <Go
          key={id}
          path={`/inbox?queue=all&team_id=${id}`}
          on={page === "inbox" && teamId === id}
          onGo={onGo}
        >
          {name}
          {count(counts?.teams?.[id])}
        </Go>
      ))}
      <Foot account={account} />
    </nav>
  );
}

function Foot({ account }: { readonly account: ReturnType<typeof useAccountEntries> }) {
  const t = useT();
  const { member } = useMe();
  const live = useLinkState().phase === "live";
  return (
    <div className="ft">
      <Menu label={t("nav.account")} entries={account} width={240}>
        {(button) => (
          <button type="button" className="fx g8 grow" aria-label={t("nav.account")} {...button}>
            <Avatar of={member} present={live} />
            <span className="el grow m" style={{ textAlign: "left" }}>
              {member.name.split(" ")[0]}
            </span>
          </button>
        )}
      </Menu>
      <LiveMark />
    </div>
  );
}

function LiveMark() {
  const t = useT();
  const live = useLinkState().phase === "live";
  return (
    <span className={`fx g4 t11 m ${live ? "ok" : "warn"}`}>
      <span className="dot" />
      {t(live ? "line.live" : "line.offline")}
    </span>
  );
}

/** At most four pages and the rest behind "More". */
export function TabBar({ pages, page, onGo, onSignedOut }: NavProps) {
  const t = useT();
  const format = useFormat();
  const { data: counts } = useQuery(countsQuery);
  const account = useAccountEntries(onSignedOut);
  return (
    <nav className="tabbar" aria-label={t("nav.main")}>
      {pages.slice(0, 4).map(({ name, path, word, icon }) => (
        <Go key={name} path={path} on={page === name} onGo={onGo}>
          <Icon of={icon} />
          {t(word)}
          {name === "inbox" && Boolean(counts?.mine) && (
            <span className="bd">{format.number(counts?.mine ?? 0)}</span>
          )}
        </Go>
      ))}
      <Menu
        label={t("nav.more")}
        entries={[
          ...pages.slice(4).map(({ word, path, icon }) => ({ label: t(word), icon, run: () => onGo(path) })),
          { rule: true as const },
          ...account,
        ]}
      >
        {(button) => (
          <button type="button" className="tab-more" {...button}>
            <Icon of={MenuIcon} />
            {t("nav.more")}
          </button>
        )}
      </Menu>
    </nav>
  );
}
