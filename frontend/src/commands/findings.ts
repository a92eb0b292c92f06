/** What the shop holds by the words typed into the palette: numbers, addresses and SKUs first, then words in messages. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { request, useMe } from "../api/index";

export interface Finding {
  readonly kind: "order" | "conversation" | "customer" | "variant";
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly channel: string;
  /** What was typed is its very number, address or SKU. */
  readonly exact: boolean;
  /** Where a customer was last spoken with. */
  readonly conversation_id: string | null;
}

const PAUSE_MS = 120;
const SHORTEST = 2;
const NONE: readonly Finding[] = [];

const findingsQuery = (words: string, may: boolean) =>
  queryOptions({
    queryKey: ["search", words],
    queryFn: async ({ signal }) =>
      (await request<{ items: readonly Finding[] }>("GET", "/search", { query: { q: words }, signal })).items,
    enabled: may && words.length >= SHORTEST,
    staleTime: 0,
    retry: false,
  });

export interface Findings {
  readonly items: readonly Finding[];
  /** Whether an answer for the words as they stand now is still to come. */
  readonly coming: boolean;
  readonly failed: boolean;
}

/** Nothing for a role that reads no letters. */
export function useFindings(typed: string): Findings {
  const wanted = typed.trim().slice(0, 300);
  const may = useMe().member.role !== "stock";
  const [words, setWords] = useState(wanted);
  useEffect(() => {
    const timer = setTimeout(() => setWords(wanted), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  const { data, isFetching, isError } = useQuery(findingsQuery(words, may));
  const current = words === wanted;
  return {
    items: (current && data) || NONE,
    coming: may && wanted.length >= SHORTEST && (!current || isFetching),
    failed: current && isError,
  };
}

/** The page that shows it. */
export function pageOf({ kind, id, title, conversation_id }: Finding): string {
  const name = encodeURIComponent(title);
  if (kind === "order") return `/orders?view=all&order=${id}`;
  if (kind === "variant") return `/stock?q=${name}&sku=${name}`;
  return conversation_id ? `/inbox/${conversation_id}?queue=all` : `/orders?view=all&q=${name}`;
}
