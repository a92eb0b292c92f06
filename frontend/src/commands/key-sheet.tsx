/** The sheet of keys, and the switch that turns single letters off. */
import { useT, type WordKey } from "../i18n/index";
import { Dialog, Keys } from "../ui/index";
import { usePreferences } from "./preferences";
import { type Command, useCommandList } from "./registry";

const groups: readonly [Command["group"], WordKey][] = [
  ["list", "palette.list"],
  ["conversation", "palette.conversation"],
  ["go", "palette.go"],
  ["general", "palette.general"],
];

export default function KeySheet({ onClose }: { readonly onClose: () => void }) {
  const t = useT();
  const commands = useCommandList();
  const { singleKeys, set } = usePreferences();
  return (
    <Dialog label={t("key.sheet")} onClose={onClose}>
      <div className="pop sheet">
        <h2 className="t16 b">{t("key.sheet")}</h2>
        <label className="fx g8 t12" style={{ margin: "10px 0 4px" }}>
          <input
            type="checkbox"
            checked={singleKeys}
            onChange={(event) => set({ singleKeys: event.target.checked })}
          />
          {t("display.single_keys")}
        </label>
        {groups.map(([group, word]) => {
          const members = commands.filter((command) => command.group === group && command.keys?.length);
          if (members.length === 0) return null;
          return (
            <section key={group} style={{ marginTop: 16 }}>
              <h3 className="h" style={{ marginBottom: 6 }}>
                {t(word)}
              </h3>
              <dl>
                {members.map((command) => (
                  <KeyLine key={command.id} command={command} />
                ))}
              </dl>
            </section>
          );
        })}
      </div>
    </Dialog>
  );
}

function KeyLine({ command }: { readonly command: Command }) {
  const t = useT();
  return (
    <>
      <dt>{t(command.word)}</dt>
      <dd>
        {command.keys?.map((keys) => (
          <Keys key={keys} of={keys} />
        ))}
      </dd>
    </>
  );
}
