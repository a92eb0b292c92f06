/** Failures as the server words them (problem+json), and the one the browser adds: no line. */

export class Problem extends Error {
  override readonly name = "Problem";
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail || code);
  }

  /** Nothing reached the server, or it was restarting: the same act may be tried again. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export const NO_LINE = "no_line";

export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  const fields = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const code = typeof fields.code === "string" ? fields.code : `http_${response.status}`;
  const said = fields.detail ?? fields.title;
  return new Problem(response.status, code, typeof said === "string" ? said : "", fields);
}
