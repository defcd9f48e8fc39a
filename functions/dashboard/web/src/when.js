// When: the tables of hours and minutes. The charts over them are drawn by
// charts/.

import { hour, integer, none, percent, say } from "./text.js";
import { attribute, find, list, text, when } from "./dom.js";

const newest = 60; // minutes in the table; the CSV has all of them

export function showWhen(r, people) {
  when("nohours", r.hourly.length === 0);
  when("hours", r.hourly.length > 0);
  when("amended", (r.amendments ?? []).length > 0);
  const decided = (t) => (t.final ? "when.final" : t.complete ? "when.provisional" : "when.open");
  table("hourly", r.hourly, people, (h) => h.hour, decided);
  table("shares", grown(r.hourly), people, (h) => h.hour, decided, percent);
  const minutes = (r.minutes ?? []).slice(-newest).reverse();
  table("minutes", minutes, people, (m) => m.minute, decided);
}

// grown adds the hours up: votes and shares until the end of each.
function grown(hours) {
  const sums = {};
  let votes = 0;
  let shown = 0;
  return hours.map((h) => {
    votes += h.votes;
    for (const [id, n] of Object.entries(h.candidates ?? {})) {
      sums[id] = (sums[id] ?? 0) + n;
      shown += n;
    }
    const share = ([id, n]) => [id, shown ? n / shown : null];
    return { ...h, votes, candidates: Object.fromEntries(Object.entries(sums).map(share)) };
  });
}

function table(name, rows, people, start, state, write = integer) {
  const columns = people.byID;
  list(`${name}-head`, columns, (c) => c.id, (c, _, cell) => text(cell, c.name), {
    make: () => Object.assign(document.createElement("th"), { scope: "col", className: "n" }),
  });
  list(name, rows, start, (row, set, line) => {
    const time = find("time", line);
    attribute(time, "datetime", start(row));
    text(time, hour(start(row)));
    set("votes", integer(row.votes));
    set("state", say(state(row)));
    cells(line, columns, (id) => row.candidates ? write(row.candidates[id] ?? 0) : none());
  }, { template: "time" });
}

// cells puts a figure for each candidate before the last cell.
function cells(line, columns, figure) {
  const known = new Map([...line.querySelectorAll("[data-by]")].map((cell) => [cell.dataset.by, cell]));
  const last = line.lastElementChild;
  columns.forEach((c, i) => {
    let cell = known.get(c.id);
    if (!cell) {
      cell = Object.assign(document.createElement("td"), { className: "n" });
      cell.dataset.by = c.id;
    }
    if (line.children[i + 2] !== cell) line.insertBefore(cell, line.children[i + 2] ?? last);
    text(cell, figure(c.id));
  });
  while (line.children.length > columns.length + 3) line.children[columns.length + 2].remove();
}
