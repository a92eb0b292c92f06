/** The frame around every page: bars above, navigation at the side or below, toast, palette and the sheet of keys. */
import { CircleHelp, Moon, PanelLeft, Search, Sun, Undo2 } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from "react";
import { type Queue, useConnections, useDesk, useDrafts, useMe } from "../api/index";
import { type Command, listen, useCommands, usePreferences } from "../commands/index";
import { useLanguage, useT, useZone } from "../i18n/index";
import { usePhone, useWide } from "../lib/index";
import { ChannelsProvider, Toast, undoLast } from "../ui/index";
import { DemoBar } from "./demo-bar";
import { HandoffNews } from "./handoff-news";
import { LineBanner } from "./line-banner";
import { Nav, type NavPage, TabBar } from "./nav";
import { Rail } from "./rail";

const Palette = lazy(() => import("../commands/palette"));
const KeySheet = lazy(() => import("../commands/key-sheet"));

interface ShellProps {
  readonly pages: readonly NavPage[];
  /** Where the member is: the first part of the address. */
  readonly page: string;
  readonly queue: Queue | null;
  readonly teamId: string | null;
  /** A conversation fills the phone; the bar below leaves. */
  readonly full: boolean;
  readonly scope: string | null;
  readonly onGo: (path: string) => void;
  readonly onSignedOut: () => void;
  readonly children: ReactNode;
}

export function Shell(props: ShellProps) {
  const { page, full, scope, children } = props;
  const t = useT();
  const me = useMe();
  const phone = usePhone();
  const wide = useWide();
  const narrow = usePreferences((state) => state.narrowNav);
  const [overlay, setOverlay] = useState<"palette" | "keys" | null>(null);
  const rail = !phone && (narrow || !wide || page !== "inbox");
  useWorkspace();
  useEffect(() => listen(window), []);
  useGeneralKeys({ open: setOverlay, onGo: props.onGo, pages: props.pages });
  const connections = useConnections();
  const channels = useMemo(
    () => connections.map(({ channel, label, glyph, hue }) => ({ key: channel, label, glyph, hue })),
    [connections],
  );
  return (
    <ChannelsProvider channels={channels}>
      <div className={`screen ${phone ? "phone" : ""} ${rail ? "with-rail" : ""}`}>
        <a className="skip" href="#main">
          {t("nav.skip")}
        </a>
        {me.demo && !phone && <DemoBar />}
        <LineBanner />
        <div className="app">
          {!phone && (rail ? <Rail {...props} /> : <Nav {...props} />)}
          <div id="main" className="page">
            {children}
          </div>
        </div>
        {phone && !full && <TabBar {...props} />}
        <HandoffNews onGo={props.onGo} />
        <Toast />
        <Suspense fallback={null}>
          {overlay === "palette" && (
            <Palette scope={scope} onClose={() => setOverlay(null)} onKeys={() => setOverlay("keys")} />
          )}
          {overlay === "keys" && <KeySheet onClose={() => setOverlay(null)} />}
        </Suspense>
      </div>
    </ChannelsProvider>
  );
}

/** The workspace's zone, the member's language, the drafts and the outbox of this browser, and the live line. */
function useWorkspace(): void {
  const { member, workspace } = useMe();
  const { live } = useDesk();
  const suggest = useLanguage((state) => state.suggest);
  const setZone = useZone((state) => state.setZone);
  const loadDrafts = useDrafts((state) => state.load);
  useEffect(() => void loadDrafts(member.id), [loadDrafts, member.id]);
  useEffect(() => suggest(member.language), [suggest, member.language]);
  useEffect(() => setZone(workspace.time_zone), [setZone, workspace.time_zone]);
  useEffect(() => {
    live.start();
    return () => live.stop();
  }, [live]);
}

interface GeneralKeys {
  readonly open: (overlay: "palette" | "keys") => void;
  readonly onGo: (path: string) => void;
  readonly pages: readonly NavPage[];
}

function useGeneralKeys({ open, onGo, pages }: GeneralKeys): void {
  const set = usePreferences((state) => state.set);
  const theme = usePreferences((state) => state.theme);
  const narrowNav = usePreferences((state) => state.narrowNav);
  const commands = useMemo((): readonly Command[] => {
    const go = pages.map(
      ({ key, word, path, icon }): Command => ({
        id: `go.${path}`,
        word,
        group: "go",
        icon,
        keys: [`g ${key}`],
        run: () => onGo(path),
      }),
    );
    const dark = theme === "dark" ? "light" : "dark";
    return [
      {
        id: "palette",
        word: "key.palette",
        group: "general",
        quiet: true,
        keys: ["mod+k"],
        run: () => open("palette"),
      },
      {
        id: "keys",
        word: "key.sheet",
        group: "general",
        icon: CircleHelp,
        keys: ["?"],
        run: () => open("keys"),
      },
      {
        id: "undo",
        word: "act.undo",
        group: "general",
        icon: Undo2,
        quiet: true,
        keys: ["z"],
        run: undoLast,
      },
      ...go,
      {
        id: "go.mine",
        word: "queue.mine",
        group: "go",
        icon: Search,
        keys: ["g m"],
        run: () => onGo("/inbox?queue=mine"),
      },
      {
        id: "go.unassigned",
        word: "queue.unassigned",
        group: "go",
        icon: Search,
        keys: ["g u"],
        run: () => onGo("/inbox?queue=unassigned"),
      },
      {
        id: "theme",
        word: dark === "dark" ? "display.go_dark" : "display.go_light",
        group: "general",
        icon: dark === "dark" ? Moon : Sun,
        run: () => set({ theme: dark }),
      },
      {
        id: "nav",
        word: "display.narrow_nav",
        group: "general",
        icon: PanelLeft,
        keys: ["mod+b"],
        run: () => set({ narrowNav: !narrowNav }),
      },
    ];
  }, [open, onGo, pages, set, theme, narrowNav]);
  useCommands(commands);
}
