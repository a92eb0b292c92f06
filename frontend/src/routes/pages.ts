/** The pages of the navigation, in its order. A new room adds one line here and one route beside it. */
import { Boxes, Inbox, MessageSquareText, OctagonAlert, Plug, ReceiptText } from "lucide-react";
import type { NavPage } from "../app/index";

export const pages: readonly NavPage[] = [
  { name: "inbox", path: "/inbox", word: "nav.inbox", icon: Inbox, key: "i" },
  { name: "orders", path: "/orders", word: "nav.orders", icon: ReceiptText, key: "o" },
  { name: "stock", path: "/stock", word: "nav.stock", icon: Boxes, key: "s" },
  { name: "incidents", path: "/incidents", word: "nav.incidents", icon: OctagonAlert, key: "d" },
  { name: "connections", path: "/connections", word: "nav.connections", icon: Plug, key: "h" },
  { name: "replies", path: "/replies", word: "nav.replies", icon: MessageSquareText, key: "r" },
];
