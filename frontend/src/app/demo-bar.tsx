/** The bar over the demonstration: whose eyes, how fast the invented world runs, stories to play, start over. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ArrowRightLeft, BookOpen, ChevronDown, FlaskConical, Pause, RotateCcw, Store } from "lucide-react";
import { type Demo, demoQuery, givenQuery, keys, Problem, request, useDesk, useMe } from "../api/index";
import { useLanguage, useT } from "../i18n/index";
import { Avatar, Icon, Menu, toast } from "../ui/index";

const SPEEDS = [0, 1, 10, 60] as const;

export function DemoBar() {
  const t = useT();
  const { data: demo } = useQuery(demoQuery);
  const act = useDemoActs();
  const language = useLanguage((state) => state.language);
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
          <NextPersona onBe={(id, at) => act("persona", { member_id: id }, at)} />
          <Personas demo={demo} onChoose={(id) => act("persona", { member_id: id })} />
          <span className="rule" />
          <Speeds speed={demo.speed} onChoose={(speed) => act("speed", { speed })} />
          <Stories demo={demo} onPlay={(key) => act(`stories/${encodeURIComponent(key)}`)} />
        </>
      )}
      {demo?.shop_path && (
        <a className="act" href={`${demo.shop_path}?lang=${language}`} target="_blank" rel="noreferrer">
          <Icon of={Store} size="s" />
          {t("demo.shop")}
        </a>
      )}
      <button type="button" className="act" onClick={() => act("reset")}>
        <Icon of={RotateCcw} size="s" />
        {t("demo.reset")}
      </button>
    </aside>
  );
}

/** Where the screen goes after a story, when it leads anywhere. */
interface Told {
  readonly words?: Readonly<Record<string, string>>;
  readonly facts?: { readonly path?: string };
}

function useDemoActs() {
  const { queries } = useDesk();
  const language = useLanguage((state) => state.language);
  const t = useT();
  const navigate = useNavigate();
  return (path: string, body?: object, at = "/inbox") => {
    const whole = path === "persona" || path === "reset";
    request<Told | undefined>("POST", `/demo/${path}`, body ? { body } : {})
      .then((told) => {
        if (whole) location.assign(at);
        else if (told?.words) toast(told.words[language] ?? told.words.en ?? "");
        if (!whole && told?.facts?.path) void navigate({ href: told.facts.path });
        return queries.invalidateQueries({ queryKey: keys.demo });
      })
      .catch((failure: unknown) => {
        toast(failure instanceof Problem && failure.detail ? failure.detail : t("state.server_failed"), {
          bad: true,
        });
      });
  };
}

/** Whoever was just asked to take something over: the visitor may go on as them. */
function NextPersona({ onBe }: { readonly onBe: (member: string, path: string) => void }) {
  const t = useT();
  const { data: given } = useQuery(givenQuery);
  const open = given?.find(({ state, to_member }) => state === "offered" && to_member !== null);
  if (!open?.to_member) return null;
  const { id, name } = open.to_member;
  const first = name.split(" ")[0] ?? name;
  return (
    <button
      type="button"
      className="act next"
      title={t("demo.be_hint", { name: first })}
      onClick={() => onBe(id, `/inbox/${open.conversation.id}?queue=handed`)}
    >
      <Icon of={ArrowRightLeft} size="s" />
      {t("demo.be", { name: first })}
    </button>
  );
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
