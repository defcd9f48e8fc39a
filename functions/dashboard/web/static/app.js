// Keeps the page up to date: asks for the results as often as the page says,
// and puts what has changed in its place. The server renders every line; where
// the results hold a line that the page doesn't, the page is asked for anew.

const results = "api/v1/results";
const every = Number(document.body.dataset.poll) || 1000; // milliseconds
const slowest = 15_000; // between two attempts when nothing answers
const patience = 10_000; // with one request

// How figures are written: as format.go writes them.
const none = "–";
const grouped = new Intl.NumberFormat("en-US");
const integer = (n) => grouped.format(n);
const percent = (share) => (share == null ? none : (Math.round(share * 1000) / 10).toFixed(1) + "%");
const lead = (share) => (share == null ? none : "+" + (Math.round(share * 1000) / 10).toFixed(1));
const count = (n) => (n === 1 ? "1 vote" : integer(n) + " votes");
const units = (share) => (Math.round(Math.min(share ?? 0, 1) * 10000) / 10).toFixed(1);
const moment = (time) => {
  if (!time) return none;
  const at = new Date(time);
  const day = at.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  return `${day.replace("Sept", "Sep")}, ${at.toISOString().slice(11, 16)} UTC`;
};
const clock = (time) => new Date(time).toISOString().slice(11, 19) + " UTC";

function text(element, value) {
  if (element && element.textContent !== value) element.textContent = value;
}

function attribute(element, name, value) {
  if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
}

const flag = (element, on) => element?.toggleAttribute("data-alarm", on);

const find = (selector, within = document) => within.querySelector(selector);

// rows returns the lines of a list by id, in the order of the page.
function rows(list) {
  const lines = new Map();
  const body = find(`[data-list="${CSS.escape(list)}"]`);
  for (const line of body?.children ?? []) lines.set(line.dataset.row, line);
  return lines;
}

// fill writes each item's figures into its line and brings the lines into the
// items' order. It returns false where items and lines don't match.
function fill(list, items, id, write) {
  const lines = rows(list);
  if (lines.size !== items.length || !items.every((item) => lines.has(id(item)))) return false;
  const order = [...lines.keys()];
  if (items.some((item, i) => order[i] !== id(item))) {
    const body = find(`[data-list="${CSS.escape(list)}"]`);
    for (const item of items) body.append(lines.get(id(item)));
  }
  for (const item of items) {
    const line = lines.get(id(item));
    write(item, (field, value) => text(find(`[data-f="${field}"]`, line), value), line);
  }
  return true;
}

// stack lays the candidates' votes side by side, of which scale make a bar.
function stack(bar, candidates, votes, scale) {
  if (!bar) return;
  let x = 0;
  for (const c of candidates) {
    const part = find(`[data-seg="${CSS.escape(c.id)}"]`, bar);
    const n = votes[c.id] ?? 0;
    attribute(part, "x", units(scale ? x / scale : 0));
    attribute(part, "width", units(scale ? n / scale : 0));
    x += n;
  }
}

// show puts the results on the page, or returns false where it lacks a line.
function show(r) {
  const named = new Map(r.candidates.map((c) => [c.id, c]));
  const drawn = find('[data-stack="race"]') !== null;
  if (drawn !== r.totals.votes > 0) return false;

  text(find('[data-t="headline"]'), r.totals.headline);
  text(find('[data-t="votes"]'), integer(r.totals.votes));
  text(find('[data-t="registered"]'), integer(r.totals.registered));
  text(find('[data-t="turnout"]'), percent(r.totals.turnout));
  text(find('[data-t="watermark"]'), moment(r.watermark));
  stack(find('[data-stack="race"]'), r.candidates, Object.fromEntries(r.candidates.map((c) => [c.id, c.votes])), r.totals.votes);

  const fullest = Math.max(0, ...r.hourly.map((h) => h.votes));
  const groups = r.demographics.filter((g) => !g.state);
  const group = (g, set, line) => {
    set("participation", g.suppressed ? "withheld" : percent(g.participation));
    set("voted", g.suppressed ? none : integer(g.voted));
    set("registered", g.suppressed ? none : integer(g.registered));
    attribute(find("[data-w]", line), "width", units(g.participation));
  };
  return [
    fill("candidates", r.candidates, (c) => c.id, (c, set) => {
      set("share", percent(c.share));
      set("votes", count(c.votes));
    }),
    fill("regions", r.regions, (g) => g.state, (g, set, line) => {
      const leader = named.get(g.leader);
      set("leader", !g.leader ? none : g.margin === 0 ? "Level" : leader?.name ?? g.leader);
      set("lead", lead(g.margin_share));
      set("turnout", percent(g.turnout));
      set("voted", integer(g.voted));
      set("registered", integer(g.registered));
      attribute(find("[data-fill]", line), "fill", (g.margin && leader?.colour) || "none");
      attribute(find("[data-w]", line), "width", units(g.turnout));
    }),
    fill("hourly", r.hourly, (h) => h.hour, (h, set, line) => {
      set("votes", integer(h.votes));
      set("state", h.final ? "final" : "provisional");
      for (const cell of line.querySelectorAll("[data-by]")) text(cell, integer(h.candidates[cell.dataset.by] ?? 0));
      stack(find("[data-stack]", line), r.candidates, h.candidates, fullest);
    }),
    fill("age", groups.filter((g) => g.age_group), (g) => g.age_group, group),
    fill("gender", groups.filter((g) => g.gender), (g) => g.gender, group),
    ...Object.entries(r.books.topics).map(([name, t]) => showTopic(name, t)),
    showTables(r.books),
  ].every(Boolean);
}

function showTopic(name, t) {
  for (const figure of ["records", "accepted", "duplicate", "rejected", "pending", "gaps"]) {
    const cell = find(`[data-book="${CSS.escape(name + "/" + figure)}"]`);
    if (!cell) return false;
    text(cell, integer(t[figure]));
    if (figure === "gaps") flag(cell, t.gaps > 0);
  }
  const line = find(`[data-balance="${CSS.escape(name)}"]`);
  const off = t.records - t.accepted - t.duplicate - t.rejected - t.pending;
  const state = t.balanced ? "balanced" : off ? `out of balance by ${integer(off)}` : "out of balance in a partition";
  text(line, `${name}: ${state}`);
  flag(line, !t.balanced);
  return fill(`partitions/${name}`, t.partitions, (p) => `${p.topic_id}/${p.partition}`, (p, set) => {
    set("last", integer(p.last_offset));
    set("next", integer(p.next_offset));
    set("gaps", integer(p.gaps));
  });
}

function showTables(books) {
  for (const [name, votes] of Object.entries(books.tables)) text(find(`[data-table="${name}"]`), integer(votes));
  const line = find("[data-reconciled]");
  text(line, books.reconciled ? "equal to the accepted votes" : "not equal to the accepted votes");
  flag(line, !books.reconciled);
  return true;
}

// rebuild asks for the page and takes its results over. What the reader has
// opened stays open.
async function rebuild() {
  const answer = await ask(location.pathname + location.search);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const d of document.querySelectorAll("details[open]")) {
    fresh.getElementById(d.id)?.setAttribute("open", "");
  }
  const focused = document.activeElement?.id;
  find("main").replaceChildren(...find("main", fresh).childNodes);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  find(".title").replaceChildren(...find(".title", fresh).childNodes);
}

// The chip says how fresh the figures are.
let latest = null; // the last results
let answered = Date.now(); // when something answered last
let lost = false; // nothing answers

function chip() {
  const element = find("[data-chip]");
  if (!latest || !element) return;
  if (lost || latest.stale) {
    attribute(element, "data-state", "stale");
    text(element, `Stale since ${clock(latest.stale ? latest.stale_since : answered)}`);
    return;
  }
  attribute(element, "data-state", "live");
  const state = { waiting: "Waiting for votes", final: "Final", provisional: "Provisional" }[latest.status];
  text(element, latest.as_of ? `${state} · changed ${ago(Date.parse(latest.as_of))}` : state);
}

function ago(time) {
  const seconds = Math.max(0, Math.round((Date.now() - time) / 1000));
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  return `at ${clock(time)}`;
}

// What a screen reader hears: the headline, when its meaning has changed, and
// at most every fifteen seconds.
const quiet = 15_000;
let spoken = { meaning: null, at: 0 };

function announce(r) {
  const t = r.totals;
  const meaning = [r.status, t.leader, Math.round((t.margin_share ?? 0) * 100), Math.floor((t.turnout ?? 0) * 20)].join();
  const now = Date.now();
  if (meaning === spoken.meaning || now - spoken.at < quiet) return;
  if (spoken.meaning !== null) text(find("[data-live]"), t.headline);
  spoken = { meaning, at: now };
}

async function ask(address) {
  // The browser keeps the last answer and its ETag: what hasn't changed comes as a 304.
  const answer = await fetch(address, { cache: "no-cache", signal: AbortSignal.timeout(patience) });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer;
}

let tag = null;
let failures = 0;

async function poll() {
  try {
    const answer = await ask(results);
    const version = answer.headers.get("etag");
    if (!version || version !== tag) {
      latest = await answer.json();
      if (!show(latest)) await rebuild();
      announce(latest);
      tag = version;
    }
    answered = Date.now();
    lost = false;
    failures = 0;
  } catch {
    lost = true;
    failures++;
  }
  chip();
}

let timer;

async function run() {
  clearTimeout(timer);
  await poll();
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(run, Math.min(every * 2 ** Math.min(failures, 6), Math.max(slowest, every)));
}

// A hidden page asks for nothing.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) run();
});

// A portrait that can't be loaded leaves the initials.
document.addEventListener("error", (event) => {
  if (event.target instanceof HTMLImageElement) event.target.remove();
}, true);
for (const image of document.images) if (image.complete && image.naturalWidth === 0 && image.currentSrc) image.remove();

setInterval(chip, 1000);
run();
