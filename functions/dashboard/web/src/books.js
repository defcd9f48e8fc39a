// The books, how fresh they are, and what was amended.

import { clock, hour, integer, moment, say, signed, span, none } from "./text.js";
import { find, flag, list, text, when } from "./dom.js";
import { keyOf } from "./results.js";
import { chosen } from "./filters.js";

export function showBooks(r, people) {
  text(find('[data-t="stamp"]'), moment(r.as_of));
  for (const [name, topic] of Object.entries(r.books.topics)) showTopic(name, topic);
  for (const [name, votes] of Object.entries(r.books.tables)) text(find(`[data-table="${name}"]`), integer(votes));
  const line = find("[data-reconciled]");
  text(line, say(r.books.reconciled ? "books.equal" : "books.unequal"));
  flag(line, "data-alarm", !r.books.reconciled);
  showFreshness(r.freshness ?? {});
  showLate(r.amendments ?? [], people);
}

function showTopic(name, t) {
  for (const figure of ["records", "accepted", "duplicate", "rejected", "pending", "gaps", "ahead"]) {
    text(find(`[data-book="${CSS.escape(`${name}/${figure}`)}"]`), integer(t[figure]));
  }
  const line = find(`[data-balance="${CSS.escape(name)}"]`);
  text(line, balance(name, t));
  flag(line, "data-alarm", !t.balanced);
  flag(find(`[data-partitions="${CSS.escape(name)}"]`), "hidden", t.partitions.length === 0);
  list(`partitions/${name}`, t.partitions, (p) => `${p.topic_id}/${p.partition}`, (p, set) => {
    set("partition", integer(p.partition));
    set("last", integer(p.last_offset));
    set("next", integer(p.next_offset));
    set("gaps", integer(p.gaps));
  }, { template: "partition" });
}

function balance(topic, t) {
  const off = t.records - t.accepted - t.duplicate - t.rejected - t.pending;
  if (t.balanced) return say("books.balanced", { topic });
  return off ? say("books.off", { topic, n: integer(off) }) : say("books.off.partition", { topic });
}

function showFreshness(f) {
  text(find('[data-t="event"]'), clock(f.event_time));
  text(find('[data-t="ingest"]'), clock(f.last_ingested_at));
  text(find('[data-t="pass"]'), clock(f.last_pass_at));
  text(find('[data-t="lag"]'), f.lag_seconds == null ? none() : span(f.lag_seconds));
}

function showLate(amendments, people) {
  const { region } = chosen();
  when("noamendments", amendments.length === 0 && !region);
  when("regionamendments", region);
  when("amendments", amendments.length > 0);
  list("amendments", amendments, keyOf("amendments"), (a, set) => {
    set("at", clock(a.amended_at));
    const who = a.candidate ? people.of(a.candidate).name : say("late.group");
    set("window", say("late.window", { time: hour(a.window_start), who }));
    set("change", signed(a.change));
  });
}
