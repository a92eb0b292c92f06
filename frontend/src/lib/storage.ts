/** What this browser keeps: a typed value under one key, in IndexedDB, tolerant of a browser that refuses. */
import { createStore, del, get, set, type UseStore } from "idb-keyval";

export interface Kept<T> {
  read(key: string): Promise<T | undefined>;
  write(key: string, value: T): Promise<void>;
  remove(key: string): Promise<void>;
}

/** A shelf of its own per use: drafts and the outbox must not be able to overwrite each other. */
export function keep<T>(shelf: string): Kept<T> {
  const store = openShelf(shelf);
  if (!store) return inMemory<T>();
  return {
    read: (key) => get<T>(key, store),
    write: (key, value) => set(key, value, store),
    remove: (key) => del(key, store),
  };
}

function openShelf(shelf: string): UseStore | null {
  return typeof indexedDB === "undefined" ? null : createStore(`onecounter-${shelf}`, "kept");
}

function inMemory<T>(): Kept<T> {
  const values = new Map<string, T>();
  return {
    read: async (key) => values.get(key),
    write: async (key, value) => {
      values.set(key, value);
    },
    remove: async (key) => {
      values.delete(key);
    },
  };
}
