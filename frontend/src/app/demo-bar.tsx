/** The bar over the demonstration: whose eyes, how fast the invented world runs, stories to play, start over. */
import { useQuery } from "@tanstack/react-query";
import { BookOpen, ChevronDown, FlaskConical, Pause, RotateCcw } from "lucide-react";
import { type Demo, demoQuery, keys, Problem, request, useDesk, useMe } from "../api/index";
import { useLanguage, useT } from "../i18n/index";
import { Avatar, Icon, Menu, toast } from "../ui/index";

const SPEEDS = [0, 1, 10, 60] as const;

export function DemoBar() {
  const t = useT();
  const { data: demo } = useQuery(demoQuery);
  const act = useDemoActs();
  return (
    <aside className="demo" aria-label={t("demo.bar")}>
      <span className="fx g6 b nw">
        <Icon of={FlaskConical} size="s" />
        {t("demo.sandbox")}
      </span>
      <span className="nw fade el">{t("demo.nothing_leaves")}</span>
      <span className="sp" />
      {demo && (
        <>
          <Personas demo={demo} onChoose={(id) => act("persona", { member_id: id })} />
          <span className="rule" />
          <Speeds speed={demo.speed} onChoose={(speed) => act("speed", { speed })} />
          <Stories demo={demo} onPlay={(key) => act(`stories/${encodeURIComponent(key)}`)} />
        </>
      )}
      <button type="button" className="act" onClick={() => act("reset")}>
        <Icon of={RotateCcw} size="s" />
        {t("demo.reset")}
      </button>
    </aside>
  );
}

interface Told {
  readonly words?: Readonly<Record<string, string>>;
}

function useDemoActs() {
  const { queries } = useDesk();
  const language = useLanguage((state) => state.language);
  const t = useT();
  return (path: string, body?: object) => {
    const whole = path === "persona" || path === "reset";
    request<Told | undefined>("POST", `/demo/${path}`, body ? { body } : {})
      .then((told) => {
        if (whole) location.assign("/inbox");
        else if (told?.words) toast(told.words[language] ?? told.words.en ?? "");
        return queries.invalidateQueries({ queryKey: keys.demo });
      })
      .catch((failure: unknown) => {
        toast(failure instanceof Problem && failure.detail ? failure.detail : t("state.server_failed"), {
          bad: true,
        });
      });
  };
}

function Personas({ demo, onChoose }: { readonly demo: Demo; readonly onChoose: (id: string) => void }) {
  const t = useT();
  const { members, member } = useMe();
  const now = demo.personas.find(({ member_id }) => member_id === (demo.persona ?? member.id));
  return (
    <span className="fx g8">
      <span className="fade">{t("demo.you_are")}</span>
      <span className="fx" style={{ gap: 5 }}>
        {demo.personas.map(({ member_id, name, role }) => {
          const person = members.find(({ id }) => id === member_id) ?? {
            id: member_id,
            name,
            initials: initialsOf(name),
          };
          const on = member_id === now?.member_id;
          return (
            <button
              type="button"
              key={member_id}
              className={`persona ${on ? "on" : ""}`}
              aria-pressed={on}
              aria-label={`${name}, ${role}`}
              onClick={() => onChoose(member_id)}
            >
              <Avatar of={person} />
            </button>
          );
        })}
      </span>
      {now && (
        <span className="m nw">
          {now.name.split(" ")[0]}, {now.role}
        </span>
      )}
    </span>
  );
}

const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join("");

function Speeds({ speed, onChoose }: { readonly speed: number; readonly onChoose: (speed: number) => void }) {
  const t = useT();
  return (
    <span className="fx g6">
      <span className="fade">{t("demo.speed")}</span>
      <span className="speeds">
        {SPEEDS.map((each) => (
          <button
            type="button"
            key={each}
            className={each === speed ? "on" : ""}
            aria-pressed={each === speed}
            aria-label={each === 0 ? t("demo.pause") : t("demo.times", { times: each })}
            onClick={() => onChoose(each)}
          >
            {each === 0 ? <Icon of={Pause} size="xs" /> : `${each}×`}
          </button>
        ))}
      </span>
    </span>
  );
}

function Stories({ demo, onPlay }: { readonly demo: Demo; readonly onPlay: (key: string) => void }) {
  const t = useT();
  const language = useLanguage((state) => state.language);
  return (
    <Menu
      label={t("demo.stories")}
      width={408}
      entries={[
        { heading: t("demo.stories_alone") },
        ...demo.stories.map(({ key, title, detail }) => ({
          label: title[language] ?? title.en ?? key,
          hint: detail?.[language],
          run: () => onPlay(key),
        })),
      ]}
    >
      {(button) => (
        <button type="button" className="act" {...button}>
          <Icon of={BookOpen} size="s" />
          {t("demo.stories")}
          <Icon of={ChevronDown} size="xs" />
        </button>
      )}
    </Menu>
  );
}
