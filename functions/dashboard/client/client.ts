// A client of the results' API, for browsers and Node.js 18 or later. The types are those
// of the description that the API serves: api.ts is made of it.

import type { components } from "./api.ts";

export type Results = components["schemas"]["Document"];
export type Patch = components["schemas"]["Patch"];

// Filter is what the figures are narrowed to.
export interface Filter {
  region?: string;
  group?: string; // age:18-24, gender:female
  from?: string; // RFC 3339, whole hours
  to?: string;
}

// ApiError is an answer that isn't one of results. Its message is the API's sentence.
export class ApiError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

// Client reads the results of the dashboard at an address, such as https://results.example.org/.
export class Client {
  constructor(readonly address: string) {}

  // results are the results now.
  async results(filter: Filter = {}): Promise<Results> {
    return (await this.ask("results", filter)).json();
  }

  // follow yields the results, and again whenever a figure changes, until signal ends it. It
  // connects again by itself, and throws an ApiError where it is refused.
  async *follow(filter: Filter = {}, signal?: AbortSignal): AsyncGenerator<Results> {
    let results: Results | undefined;
    for (let pause = 0; !signal?.aborted; pause = 2000) {
      await wait(pause, signal);
      try {
        const answer = await this.ask("stream", { ...filter, ...(results && { since: results.version }) }, signal);
        for await (const { event, data } of events(answer.body!)) {
          if (event === "results") results = JSON.parse(data) as Results;
          else if (event === "patch" && results) results = apply(results, JSON.parse(data) as Patch);
          else continue;
          yield results;
        }
      } catch (error) {
        if (error instanceof ApiError || signal?.aborted) throw error;
      }
    }
  }

  private async ask(path: string, query: object, signal?: AbortSignal): Promise<Response> {
    const url = new URL(`api/v1/${path}`, this.address);
    for (const [name, value] of Object.entries(query)) if (value) url.searchParams.set(name, value);
    const answer = await fetch(url, { signal: signal ?? null });
    if (answer.ok) return answer;
    const { error } = (await answer.json().catch(() => ({}))) as { error?: string };
    throw new ApiError(answer.status, error ?? answer.statusText);
  }
}

// keys are the members that make the key of a row, by section.
const keys: Record<string, string[]> = {
  candidates: ["id"],
  regions: ["state"],
  hourly: ["hour"],
  minutes: ["minute"],
  demographics: ["state", "age_group", "gender"],
  amendments: ["window_start", "candidate", "revision", "amended_at"],
};

type Json = Record<string, unknown>;

// apply returns the results after a patch. It leaves the ones before as they are.
export function apply(before: Results, { from, patch, ...lists }: Patch): Results {
  const [rows, orders] = [lists.rows ?? {}, lists.keys ?? {}];
  if (from !== before.version) throw new Error(`a patch of version ${from}, and not of ${before.version}`);
  const after = merge(before, patch) as Json;
  for (const [section, members] of Object.entries(keys)) {
    if (!(section in rows) && !(section in orders)) continue;
    const keyOf = (row: Json) => members.map((name) => row[name] ?? "").join("|");
    const old = (before as unknown as Record<string, Json[]>)[section] ?? [];
    const known = new Map(old.map((row) => [keyOf(row), row]));
    for (const [key, change] of Object.entries(rows[section] ?? {})) known.set(key, merge(known.get(key), change) as Json);
    after[section] = (orders[section] ?? old.map(keyOf)).map((key) => known.get(key));
  }
  return after as unknown as Results;
}

// merge is RFC 7396.
function merge(value: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const merged: Json = typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
  for (const [name, change] of Object.entries(patch)) {
    if (change === null) delete merged[name];
    else merged[name] = merge(merged[name], change);
  }
  return merged;
}

// events reads server-sent events.
async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<{ event: string; data: string }> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const blocks = (text + decoder.decode(part.value, { stream: true })).split("\n\n");
      text = blocks.pop()!;
      for (const block of blocks) {
        const line = (name: string) => block.match(new RegExp(`^${name}: (.*)$`, "m"))?.[1];
        const [event, data] = [line("event"), line("data")];
        if (event && data) yield { event, data };
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

const wait = (milliseconds: number, signal?: AbortSignal) =>
  new Promise<void>((done) => {
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
  });
