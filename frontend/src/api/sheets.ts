/** Sheets of counts: read into a preview, applied or dropped; and the sheet that comes back. */
import { queryOptions } from "@tanstack/react-query";
import { request } from "./client";
import type { Page } from "./types";

export interface SheetProblem {
  readonly line: number;
  readonly code: string;
  readonly value: string;
}

/** `adds` are counted for the first time, `changes` get another number, `bad` lines cannot be taken. */
export interface StockSheet {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly lines: number;
  readonly adds: number;
  readonly changes: number;
  readonly same: number;
  readonly bad: number;
  readonly problems: readonly SheetProblem[];
}

export interface SheetLine {
  readonly line: number;
  readonly sku: string;
  readonly title: string;
  readonly location: string;
  readonly is_new: boolean;
  readonly first: boolean;
  readonly before: number;
  readonly units: number;
  readonly difference: number;
}

export const STOCK_EXPORT = "/api/v1/stock/export?separator=";

export function readSheet(file: File): Promise<StockSheet> {
  const form = new FormData();
  form.append("file", file);
  return request<StockSheet>("POST", "/stock/imports", {
    body: form,
    query: { name: file.name.slice(0, 200) },
  });
}

/** Moves the stock. The changed rows arrive as changes do. */
export const applySheet = (id: string, skipBad: boolean): Promise<StockSheet> =>
  request<StockSheet>("POST", `/stock/imports/${id}/apply`, { body: { skip_bad: skipBad } });

export const dropSheet = (id: string): Promise<StockSheet> =>
  request<StockSheet>("POST", `/stock/imports/${id}/drop`);

export const sheetLinesQuery = (id: string) =>
  queryOptions({
    queryKey: ["sheet", id],
    queryFn: ({ signal }) =>
      request<Page<SheetLine>>("GET", `/stock/imports/${id}/lines`, { query: { limit: 50 }, signal }),
  });
