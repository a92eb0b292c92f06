/** The shape of a conversation before it is here. */
import { useT } from "../i18n/index";
import { Bone } from "../ui/index";

const BUBBLES = [
  { id: "a", mine: false, w: 380, h: 62 },
  { id: "b", mine: true, w: 420, h: 62 },
  { id: "c", mine: false, w: 300, h: 38 },
  { id: "d", mine: true, w: 340, h: 38 },
  { id: "e", mine: true, w: 410, h: 62 },
] as const;

export function ConversationSkeleton() {
  const t = useT();
  return (
    <main className="pane late" aria-busy="true" aria-label={t("state.loading")}>
      <div className="bar" style={{ height: 56 }}>
        <div>
          <Bone w={190} h={12} />
          <Bone w={140} h={9} top={8} />
        </div>
      </div>
      <div className="tl" style={{ justifyContent: "flex-end", paddingBottom: 16 }}>
        {BUBBLES.map(({ id, mine, w, h }) => (
          <div
            key={id}
            className="fx"
            style={{ marginTop: 16, ...(mine ? { justifyContent: "flex-end" } : { paddingLeft: 26 }) }}
          >
            <Bone w={`min(${w}px, 80%)`} h={h} round={14} />
          </div>
        ))}
      </div>
      <div className="cmp" style={{ height: 150 }} />
    </main>
  );
}
