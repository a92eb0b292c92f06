/** The navigation as a rail of icons, each with its name for those who cannot see it. */
import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { countsQuery, useLinkState, useMe } from "../api/index";
import { useFormat, useT } from "../i18n/index";
import { Avatar, Icon, Logo, Menu } from "../ui/index";
import { useAccountEntries } from "./account";
import { Go, type NavProps } from "./nav";
import { useTroubles } from "./troubles";

const ICON_PX = 18;

export function Rail({ pages, page, onGo, onSignedOut }: NavProps) {
  const t = useT();
  const format = useFormat();
  const { member } = useMe();
  const { data: counts } = useQuery(countsQuery);
  const live = useLinkState().phase === "live";
  const account = useAccountEntries(onSignedOut);
  const troubles = useTroubles();
  return (
    <nav className="rail" aria-label={t("nav.main")}>
      <Logo />
      <span style={{ height: 8 }} />
      {pages.map(({ name, path, word, icon }) => (
        <Go key={name} path={path} on={page === name} label={t(word)} onGo={onGo}>
          <Icon of={icon} px={ICON_PX} />
          {name === "inbox" && Boolean(counts?.all) && (
            <span className="bd">{format.number(counts?.all ?? 0)}</span>
          )}
          {name === "incidents" && troubles.incidents > 0 && (
            <span className="bd">{format.number(troubles.incidents)}</span>
          )}
          {name === "connections" && troubles.connections && <span className="wd" />}
        </Go>
      ))}
      <span style={{ flex: 1 }} />
      <Go path="/inbox?queue=all&find=1" on={false} label={t("nav.search")} onGo={onGo}>
        <Icon of={Search} px={ICON_PX} />
      </Go>
      <Menu label={t("nav.account")} entries={account} width={240}>
        {(button) => (
          <button type="button" aria-label={t("nav.account")} {...button}>
            <Avatar of={member} size="l" present={live} />
          </button>
        )}
      </Menu>
    </nav>
  );
}
