/** The only place that fetches. Same origin, cookie session, JSON in snake_case. */
import { NO_LINE, Problem, problemOf } from "./problem";

export type Method = "GET" | "POST" | "PATCH" | "DELETE" | "PUT";
type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

interface Ask {
  readonly query?: Query;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

const BASE = "/api/v1";
const listeners = new Set<() => void>();

/** Tells when any request came back 401: the session has ended. */
export function onSignedOut(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export async function request<Answer>(method: Method, path: string, ask: Ask = {}): Promise<Answer> {
  const response = await reach(method, path, ask);
  if (!response.ok) {
    if (response.status === 401) for (const listener of listeners) listener();
    throw await problemOf(response);
  }
  if (response.status === 204 || response.headers.get("content-length") === "0") return undefined as Answer;
  return (await response.json()) as Answer;
}

async function reach(method: Method, path: string, { query, body, signal }: Ask): Promise<Response> {
  const form = body instanceof FormData;
  try {
    return await fetch(`${BASE}${path}${search(query)}`, {
      method,
      credentials: "same-origin",
      headers: {
        accept: "application/json",
        ...(body === undefined || form ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Problem(0, NO_LINE, "");
  }
}

function search(query: Query | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text ? `?${text}` : "";
}
