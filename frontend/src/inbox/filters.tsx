/** What narrows the list: words, a channel, a person. All of it stands in the address. */
import { Filter, Search, SlidersHorizontal, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { type ListFilter, useMe } from "../api/index";
import { usePreferences } from "../commands/index";
import { useT } from "../i18n/index";
import { Glyph, Icon, IconButton, Menu, useChannels } from "../ui/index";

/** `find` opens the search field; undefined takes a filter away. */
export type FilterChange = { readonly [K in keyof ListFilter]?: ListFilter[K] | undefined } & {
  readonly find?: "1" | undefined;
};

interface FilterProps {
  readonly filter: ListFilter;
  readonly onFilter: (change: FilterChange) => void;
}

export function FilterMenu({ filter, onFilter }: FilterProps) {
  const t = useT();
  const channels = useChannels();
  const { members } = useMe();
  return (
    <Menu
      label={t("inbox.filter")}
      entries={[
        { heading: t("inbox.channel") },
        ...channels.map(({ key, label }) => ({
          label,
          mark: <Glyph channel={key} small />,
          on: filter.channel === key,
          run: () => onFilter({ channel: filter.channel === key ? undefined : key }),
        })),
        { rule: true as const },
        { heading: t("inbox.assignee") },
        ...members.map(({ id, name }) => ({
          label: name,
          on: filter.assignee_id === id,
          run: () => onFilter({ queue: "all", assignee_id: filter.assignee_id === id ? undefined : id }),
        })),
      ]}
    >
      {(button) => <FilterButton {...button} label={t("inbox.filter")} icon={Filter} />}
    </Menu>
  );
}

export function DisplayMenu() {
  const t = useT();
  const { density, customerPane, set } = usePreferences();
  return (
    <Menu
      label={t("inbox.display")}
      entries={[
        { heading: t("display.density") },
        {
          label: t("display.comfortable"),
          on: density === "comfortable",
          run: () => set({ density: "comfortable" }),
        },
        { label: t("display.compact"), on: density === "compact", run: () => set({ density: "compact" }) },
        { rule: true },
        {
          label: t("display.customer_pane"),
          on: customerPane,
          run: () => set({ customerPane: !customerPane }),
        },
      ]}
    >
      {(button) => <FilterButton {...button} label={t("inbox.display")} icon={SlidersHorizontal} />}
    </Menu>
  );
}

type FilterButtonProps = React.ComponentProps<typeof IconButton>;
const FilterButton = (props: FilterButtonProps) => <IconButton {...props} />;

/** Chips of what is filtered by now, each with its way out. */
export function FilterChips({ filter, onFilter }: FilterProps) {
  const t = useT();
  const { members, teams } = useMe();
  const channels = useChannels();
  const chips: [string | undefined, FilterChange][] = [
    [channels.find(({ key }) => key === filter.channel)?.label ?? filter.channel, { channel: undefined }],
    [members.find(({ id }) => id === filter.assignee_id)?.name, { assignee_id: undefined }],
    [teams.find(({ id }) => id === filter.team_id)?.name, { team_id: undefined }],
  ];
  const shown = chips.filter(([word]) => word !== undefined);
  if (shown.length === 0) return null;
  return (
    <div className="filters">
      {shown.map(([word, change]) => (
        <button
          type="button"
          className="chip"
          key={word}
          aria-label={t("inbox.unfilter", { word: word ?? "" })}
          onClick={() => onFilter(change)}
        >
          {word}
          <Icon of={X} />
        </button>
      ))}
    </div>
  );
}

interface SearchProps {
  readonly value: string;
  readonly onSearch: (text: string) => void;
  readonly onLeave: () => void;
}

const PAUSE_MS = 200;

export function SearchField({ value, onSearch, onLeave }: SearchProps) {
  const t = useT();
  const [text, setText] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onSearch(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, value, onSearch]);
  return (
    <div className="filters">
      <label className="fld sm grow">
        <Icon of={Search} size="s" className="mute" />
        <input
          ref={field}
          type="search"
          value={text}
          placeholder={t("inbox.search_hint")}
          aria-label={t("nav.search")}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") onLeave();
          }}
        />
      </label>
      <IconButton icon={X} label={t("inbox.search_leave")} onClick={onLeave} />
    </div>
  );
}
