/** Channel glyphs: own 16 px drawings in one stroke. A channel names its drawing and hue; nothing here knows a channel. */
import { createContext, type ReactNode, useContext } from "react";

export interface Channel {
  readonly key: string;
  readonly label: string;
  readonly glyph: string;
  readonly hue: number;
}

const BUBBLE =
  "M3.6 2.7h8.8a1.8 1.8 0 0 1 1.8 1.8v4.9a1.8 1.8 0 0 1-1.8 1.8H8.3L5.2 13.7v-2.5H3.6a1.8 1.8 0 0 1-1.8-1.8V4.5a1.8 1.8 0 0 1 1.8-1.8z";

const drawings: Readonly<Record<string, readonly string[]>> = {
  envelope: [
    "M3.6 3.4h8.8a1.8 1.8 0 0 1 1.8 1.8v5.6a1.8 1.8 0 0 1-1.8 1.8H3.6a1.8 1.8 0 0 1-1.8-1.8V5.2a1.8 1.8 0 0 1 1.8-1.8z",
    "M2.4 4.9 8 9l5.6-4.1",
  ],
  bubble: [BUBBLE, "M5.3 7h.01M8 7h.01M10.7 7h.01"],
  lines: [BUBBLE, "M4.8 5.7h6.4M4.8 8.2h4"],
  bubbles: [
    "M3.2 2.3h6.2a1.5 1.5 0 0 1 1.5 1.5v3a1.5 1.5 0 0 1-1.5 1.5H6.1L3.6 10.2V8.3h-.4a1.5 1.5 0 0 1-1.5-1.5v-3a1.5 1.5 0 0 1 1.5-1.5z",
    "M13 6.6a1.4 1.4 0 0 1 1.3 1.4v2.6a1.4 1.4 0 0 1-1.4 1.4h-.3v1.8l-2.3-1.8H7.6",
  ],
  ticket: [
    "M1.9 5.3a1.3 1.3 0 0 1 1.3-1.3h9.6a1.3 1.3 0 0 1 1.3 1.3v1.2a1.5 1.5 0 0 0 0 3v1.2a1.3 1.3 0 0 1-1.3 1.3H3.2a1.3 1.3 0 0 1-1.3-1.3V9.5a1.5 1.5 0 0 0 0-3z",
    "M9.6 4.3v1.1M9.6 7.5v1M9.6 10.6v1.1",
  ],
  crate: ["M8 1.7l5.7 3v6.6L8 14.3l-5.7-3V4.7z", "M2.5 4.8 8 7.7l5.5-2.9M8 7.7v6.4M5.2 3.2l5.6 3"],
  bag: ["M3.3 5.3h9.4l.8 8.5h-11z", "M5.6 7.2V4.5a2.4 2.4 0 0 1 4.8 0v2.7"],
  cart: [
    "M1.4 2.6h1.9l1.7 7.7h7.1l1.7-5.7H3.8",
    "M6.9 13a.9.9 0 1 1-1.8 0 .9.9 0 0 1 1.8 0z",
    "M12.2 13a.9.9 0 1 1-1.8 0 .9.9 0 0 1 1.8 0z",
  ],
  handset: [
    "M5.4 2.2l1.5 3.1-1.5 1.3a8.2 8.2 0 0 0 4 4l1.3-1.5 3.1 1.5-.3 2.1a1.3 1.3 0 0 1-1.4 1.1C6.8 13.2 2.8 9.2 2.2 3.9a1.3 1.3 0 0 1 1.1-1.4z",
  ],
  plane: ["M14.2 2.3 1.8 7.2l4 1.6zM14.2 2.3l-2.1 11.1-6.3-4.6", "M5.8 8.8v4.4l2.3-2.6"],
  camera: [
    "M1.9 5.7a1.4 1.4 0 0 1 1.4-1.4h1.9l1-1.6h3.6l1 1.6h1.9a1.4 1.4 0 0 1 1.4 1.4v6a1.4 1.4 0 0 1-1.4 1.4H3.3a1.4 1.4 0 0 1-1.4-1.4z",
    "M10.3 8.6a2.3 2.3 0 1 1-4.6 0 2.3 2.3 0 0 1 4.6 0z",
  ],
  awning: [
    "M2.3 6.2 3.4 2.6h9.2l1.1 3.6M3.2 8v5.4h9.6V8",
    "M2.3 6.2a1.9 1.9 0 0 0 3.8 0 1.9 1.9 0 0 0 3.8 0 1.9 1.9 0 0 0 3.8 0",
  ],
  ring: ["M13 8A5 5 0 1 1 3 8a5 5 0 0 1 10 0z", "M8 8h.01"],
};

const Channels = createContext<ReadonlyMap<string, Channel>>(new Map());

interface ProviderProps {
  readonly channels: readonly Channel[];
  readonly children: ReactNode;
}

export function ChannelsProvider({ channels, children }: ProviderProps) {
  return (
    <Channels.Provider value={new Map(channels.map((each) => [each.key, each]))}>
      {children}
    </Channels.Provider>
  );
}

export function useChannels(): readonly Channel[] {
  return [...useContext(Channels).values()];
}

/** A channel without a connection any more still shows: by its key, with a plain ring. */
export function useChannel(key: string | null | undefined): Channel {
  const known = useContext(Channels).get(key ?? "");
  return known ?? { key: key ?? "", label: key ?? "", glyph: "ring", hue: 260 };
}

interface GlyphProps {
  readonly channel: string | null | undefined;
  readonly small?: boolean;
  /** The drawing when no connection knows the channel. */
  readonly otherwise?: string;
}

export function Glyph({ channel, small = false, otherwise = "ring" }: GlyphProps) {
  const { label, glyph, hue } = useChannel(channel);
  const paths = drawings[glyph === "ring" ? otherwise : glyph] ?? drawings.ring ?? [];
  return (
    <svg
      className={small ? "g s" : "g"}
      style={{ "--h": hue } as React.CSSProperties}
      viewBox="0 0 16 16"
      role="img"
      aria-label={label}
    >
      {paths.map((d) => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}
