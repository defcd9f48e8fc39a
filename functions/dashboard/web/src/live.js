// Keeps the results up to date: by server-sent events, and by asking every few
// seconds where these can't be had.

import { apply } from "./results.js";

const patience = 10_000; // with one request, and with a silent stream times three
const slowest = 15_000; // between two attempts when nothing answers
const retry = 60_000; // until the stream is tried again after it was refused

// Live follows the results of one address. It calls show with each of them, and
// trouble with true while nothing answers.
export class Live {
  constructor({ query, every, show, trouble }) {
    Object.assign(this, { query, every: Math.max(1000, every), show, trouble });
    this.results = null;
    this.tag = null;
    this.failures = 0;
    this.ended = false;
  }

  start() {
    if (typeof EventSource === "undefined") this.poll();
    else this.stream();
  }

  stop() {
    this.ended = true;
    this.pause();
  }

  // pause gives everything back; start takes it up again where it was.
  pause() {
    clearTimeout(this.timer);
    clearTimeout(this.watch);
    this.source?.close();
    this.source = null;
    this.asking?.abort();
  }

  address(path, extra = {}) {
    const query = new URLSearchParams(this.query);
    for (const [name, value] of Object.entries(extra)) query.set(name, value);
    const text = query.toString();
    return path + (text ? "?" + text : "");
  }

  stream() {
    if (this.ended) return;
    this.pause();
    const since = this.results?.version ? { since: this.results.version } : {};
    const source = new EventSource(this.address("api/v1/stream", since));
    this.source = source;
    const heard = (handle) => (event) => {
      if (source !== this.source) return;
      this.listen();
      handle(event);
    };
    source.addEventListener("open", heard(() => this.well()));
    source.addEventListener("results", heard((event) => this.take(JSON.parse(event.data))));
    source.addEventListener("patch", heard((event) => {
      const after = apply(this.results, JSON.parse(event.data));
      if (after) return this.take(after);
      this.results = null; // a change of something else: begin anew
      this.stream();
    }));
    source.addEventListener("end", heard(() => this.stream()));
    source.addEventListener("error", () => {
      if (source !== this.source) return;
      // The browser connects again by itself, unless it was refused.
      if (source.readyState === EventSource.CLOSED) this.fallBack();
      else this.trouble(true);
    });
    this.listen();
  }

  // listen gives up on a stream that has been silent for long: heartbeats are
  // comments, which don't show here, so what it does is ask.
  listen() {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.check(), 3 * patience);
  }

  async check() {
    if (await this.ask()) this.listen();
    else this.stream();
  }

  fallBack() {
    this.pause();
    this.poll();
    this.watch = setTimeout(() => this.stream(), retry);
  }

  async poll() {
    const before = this.failures;
    const ok = await this.ask();
    if (this.ended || this.source) return;
    this.failures = ok ? 0 : before + 1;
    const pause = Math.max(this.every, Math.min(2000 * 2 ** Math.min(this.failures, 6), slowest));
    this.timer = setTimeout(() => this.poll(), ok ? Math.max(this.every, 2000) : pause);
  }

  // ask reads the results once. The browser keeps the last answer with its
  // ETag: what hasn't changed comes as a 304.
  async ask() {
    this.asking = new AbortController();
    const limit = setTimeout(() => this.asking.abort(), patience);
    try {
      const answer = await fetch(this.address("api/v1/results"), { cache: "no-cache", signal: this.asking.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const tag = answer.headers.get("etag");
      if (!tag || tag !== this.tag) this.take(await answer.json());
      this.tag = tag;
      this.well();
      return true;
    } catch {
      if (!this.ended) this.trouble(true);
      return false;
    } finally {
      clearTimeout(limit);
    }
  }

  take(results) {
    if (this.ended) return;
    this.results = results;
    this.show(results);
    this.well();
  }

  well() {
    if (!this.ended) this.trouble(false);
  }
}
