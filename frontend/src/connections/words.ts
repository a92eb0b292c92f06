/** What health and feeds are called. */

import type { LucideIcon } from "lucide-react";
import { CircleCheck, CircleX, ClockAlert, Eye, Hourglass, Pause } from "lucide-react";
import type { Translate, WordKey } from "../i18n/index";
import type { Health, Sum } from "./model";

interface Look {
  readonly word: WordKey;
  readonly tone: string;
  readonly icon: LucideIcon;
}

export const looks: Readonly<Record<Health, Look>> = {
  in_step: { word: "connections.in_step", tone: "ok", icon: CircleCheck },
  behind: { word: "connections.behind", tone: "warn", icon: ClockAlert },
  stopped: { word: "connections.stopped", tone: "bad", icon: CircleX },
  paused: { word: "connections.paused", tone: "mute", icon: Pause },
  shadow: { word: "connections.shadow", tone: "mute", icon: Eye },
  starting: { word: "connections.starting", tone: "mute", icon: Hourglass },
};

const feeds: Readonly<Record<string, WordKey>> = {
  messages: "connections.feed_messages",
  orders: "connections.feed_orders",
  listings: "connections.feed_listings",
  stock: "connections.feed_stock",
};

export function feedWord(name: string, t: Translate): string {
  const word = Object.hasOwn(feeds, name) ? feeds[name] : undefined;
  return word ? t(word) : name;
}

/** "9 of 12 connections are in step. eBay is behind. Telegram has stopped." */
export function sentence({ all, well, behind, stopped, paused }: Sum, t: Translate): string {
  if (all === 0) return t("connections.none");
  const parts = [
    well === all
      ? t("connections.all_in_step", { count: all })
      : t("connections.some_in_step", { well, count: all }),
  ];
  if (behind.length > 0)
    parts.push(t("connections.are_behind", { count: behind.length, names: behind.join(", ") }));
  if (stopped.length > 0)
    parts.push(t("connections.have_stopped", { count: stopped.length, names: stopped.join(", ") }));
  if (paused.length > 0)
    parts.push(t("connections.are_paused", { count: paused.length, names: paused.join(", ") }));
  return parts.join(" ");
}
