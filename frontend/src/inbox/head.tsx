/** The head of the list: which queue, how many, search and filters. Without the navigation in words it is the way to other queues. */
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, Search } from "lucide-react";
import { countsQuery, type ListFilter, type Queue, useMe } from "../api/index";
import { usePreferences } from "../commands/index";
import { useFormat, useT } from "../i18n/index";
import { usePhone, useWide } from "../lib/index";
import { Icon, IconButton, Menu } from "../ui/index";
import { DisplayMenu, type FilterChange, FilterMenu } from "./filters";
import { useQueueWords } from "./words";

interface HeadProps {
  readonly filter: ListFilter;
  readonly onFilter: (change: FilterChange) => void;
  readonly total: number | null;
  readonly onSearch: () => void;
}

export function ListHead({ filter, onFilter, total, onSearch }: HeadProps) {
  const t = useT();
  const phone = usePhone();
  const wide = useWide();
  const narrow = usePreferences((state) => state.narrowNav);
  const format = useFormat();
  const queueWord = useQueueWords();
  const { teams } = useMe();
  const title = teams.find(({ id }) => id === filter.team_id)?.name ?? queueWord(filter.queue);
  const count = total !== null && <span className="cnt t12">{format.number(total)}</span>;
  return (
    <div className={phone ? "head" : "bar"}>
      {phone || narrow || !wide ? (
        <QueueMenu filter={filter} onFilter={onFilter} title={title} count={count} />
      ) : (
        <>
          <h1>{title}</h1>
          {count}
        </>
      )}
      <span className="sp" />
      {phone && <IconButton icon={Search} label={t("nav.search")} onClick={onSearch} />}
      <FilterMenu filter={filter} onFilter={onFilter} />
      {!phone && <DisplayMenu />}
    </div>
  );
}

const QUEUES: readonly Queue[] = ["mine", "unassigned", "deadline", "mentions", "handed", "all"];

interface QueueMenuProps extends Pick<HeadProps, "filter" | "onFilter"> {
  readonly title: string;
  readonly count: React.ReactNode;
}

function QueueMenu({ filter, onFilter, title, count }: QueueMenuProps) {
  const t = useT();
  const format = useFormat();
  const queueWord = useQueueWords();
  const { teams } = useMe();
  const { data: counts } = useQuery(countsQuery);
  const queues = QUEUES.filter((queue) => counts?.[queue] !== undefined);
  const entries = [
    ...queues.map((queue) => ({
      label: queueWord(queue),
      hint: format.number(counts?.[queue] ?? 0),
      on: filter.queue === queue && !filter.team_id,
      run: () => onFilter({ queue, team_id: undefined }),
    })),
    ...(teams.length > 0 ? [{ heading: t("nav.teams") }] : []),
    ...teams.map(({ id, name }) => ({
      label: name,
      on: filter.team_id === id,
      run: () => onFilter({ queue: "all", team_id: id }),
    })),
  ];
  return (
    <Menu label={t("nav.choose_queue")} entries={entries}>
      {(button) => (
        <button type="button" className="queue" {...button}>
          <h1>{title}</h1>
          {count}
          <Icon of={ChevronDown} className="mute" />
        </button>
      )}
    </Menu>
  );
}
