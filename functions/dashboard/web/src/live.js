// Keeps up with the page: by server-sent events, which bring what has changed in its text, or
// say that there is a newer version to fetch; and by asking every few seconds where these
// can't be had. While the page is hidden main.js pauses it.

import { patched } from "./patched.js";

const patience = 10_000; // with one request, and with a silent stream times three
const slowest = 15_000; // between two attempts when nothing answers
const retry = 60_000; // until the stream is tried again after it was refused
const tagLength = 16; // characters of an ETag that name the text, before its coding

// Live follows the page of one address, of which the reader may have a version. It
// calls show with each newer one, as a document, also where only the script of it is
// another one, and trouble with true while nothing answers.
export class Live {
  constructor({ query, every, version, show, trouble }) {
    Object.assign(this, { query, every: Math.max(1000, every), version, show, trouble });
    this.wanted = version; // what the stream has told of last
    this.failures = 0;
    this.ended = false;
    this.page = null; // its text as the server wrote it, with the tag that tells it from others
    this.turn = Promise.resolve(); // patches are put in place one after another
  }

  start() {
    if (typeof EventSource === "undefined") return this.poll();
    this.stream();
    if (!this.version) this.catchUp();
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
    this.asking = null;
  }

  address(path, more = {}) {
    const query = new URLSearchParams([...this.query, ...Object.entries(more)]).toString();
    return query ? `${path}?${query}` : path;
  }

  stream() {
    if (this.ended) return;
    this.pause();
    const source = new EventSource(this.address("stream", this.version ? { since: this.version } : {}));
    this.source = source;
    const heard = (handle) => (event) => {
      if (source !== this.source) return;
      this.listen();
      handle(event);
    };
    source.addEventListener("open", heard(() => this.well()));
    source.addEventListener("version", heard((event) => {
      this.wanted = JSON.parse(event.data).version;
      this.catchUp();
    }));
    source.addEventListener("patch", heard((event) => {
      const change = JSON.parse(event.data);
      this.wanted = change.version;
      this.turn = this.turn.then(() => this.patch(change)).catch(reportError);
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

  // patch puts changes into the text that they were made from. Where that isn't at hand the
  // page is fetched: an instance of another program may answer.
  async patch({ from, to, edits }) {
    await this.asked;
    if (!this.page) await this.recall();
    if (this.ended) return;
    if (this.page?.tag === from) this.page = { text: patched(this.page.text, edits), tag: to };
    if (this.page?.tag === to) this.take();
    else await this.catchUp();
  }

  // recall takes the text of the page that is shown from where the browser keeps it.
  async recall() {
    try {
      await this.receive(await fetch(this.address("./"), { cache: "force-cache" }));
    } catch {
      // catchUp tells whether something answers
    }
  }

  async receive(answer) {
    if (!answer.ok) throw new Error(String(answer.status));
    const tag = answer.headers.get("ETag")?.replace("W/", "").slice(1, 1 + tagLength);
    this.page = { text: await answer.text(), tag };
  }

  // catchUp fetches the page until it is the one that the stream has told of. Another
  // instance may answer, which reads the tables a moment later.
  async catchUp() {
    clearTimeout(this.timer);
    if (this.ended || this.asking) return; // it will look again when it is answered
    const current = () => this.version && (!this.wanted || this.version === this.wanted);
    if (current() || !this.source) return;
    const ok = await this.ask();
    if (this.ended || !this.source || current()) return;
    this.timer = setTimeout(() => this.catchUp(), ok ? this.every : 2 * this.every);
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

  // ask fetches the page once. The browser keeps the last answer with its ETag: what
  // hasn't changed comes as a 304.
  ask() {
    return (this.asked = this.fetch());
  }

  async fetch() {
    const asking = new AbortController();
    this.asking = asking;
    const limit = setTimeout(() => asking.abort(), patience);
    try {
      const answer = await fetch(this.address("./"), { cache: "no-cache", signal: asking.signal });
      await this.receive(answer);
      if (!this.ended) this.take();
      return true;
    } catch {
      if (!this.ended && this.asking === asking) this.trouble(true);
      return false;
    } finally {
      clearTimeout(limit);
      if (this.asking === asking) this.asking = null;
    }
  }

  take() {
    const page = new DOMParser().parseFromString(this.page.text, "text/html");
    const { version, app } = page.body.dataset;
    if (version !== this.version || app !== document.body.dataset.app) {
      this.version = version;
      this.show(page);
    }
    this.well();
  }

  well() {
    if (!this.ended) this.trouble(false);
  }
}
