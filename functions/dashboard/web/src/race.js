// Who leads: the race bar and the candidates.

import { count, exactly, percent, say } from "./text.js";
import { attribute, draw, find, flag, list, roll, text, when } from "./dom.js";

export function showRace(r, people) {
  when("votes", r.totals.votes > 0);
  when("nobody", r.candidates.length === 0);
  const held = find('[data-t="held"]');
  text(held, say(exactly("race.held", r), { votes: count(r.totals.held ?? 0, "votes") }));
  flag(held, "hidden", !(r.totals.held > 0));
  text(find('[data-t="race.turnout"]'), say(exactly("race.turnout", r)));
  stack(find('[data-stack="race"]'), people.byVotes, (c) => c.votes);
  list("candidates", people.byVotes, (c) => c.id, (c, set, line) => {
    set("name", c.name);
    set("party", c.party);
    set("biography", c.biography ?? "");
    roll(find('[data-f="share"]', line), c.share ?? 0, percent);
    roll(find('[data-f="votes"]', line), c.votes, (n) => count(n, "votes"));
    mark(line, c);
    paint(line, c);
  });
}

// stack lays the candidates' votes side by side.
export function stack(bar, people, votes, scale = people.reduce((sum, c) => sum + votes(c), 0)) {
  if (!bar) return;
  const units = (n) => (scale ? Math.round((n / scale) * 10000) / 10 : 0).toFixed(1);
  const parts = new Map([...bar.children].map((part) => [part.dataset.seg, part]));
  let x = 0;
  for (const c of people) {
    let part = parts.get(c.id);
    parts.delete(c.id);
    if (!part) {
      part = draw("rect", { "data-seg": c.id, y: 0, height: 10 });
      bar.append(part);
    }
    attribute(part, "color", c.colour);
    attribute(part, "x", units(x));
    attribute(part, "width", units(votes(c)));
    x += votes(c);
  }
  for (const part of parts.values()) part.remove();
}

// mark gives a line its candidate's shape and colour.
export function mark(line, c) {
  const shape = find("svg.mark", line);
  attribute(shape, "color", c ? c.colour : "none");
  attribute(find("use", shape), "href", c ? `#mark-${c.mark}` : "#mark-8");
}

// paint fills in the portrait of a candidate who has just appeared.
function paint(line, c) {
  const disc = find("[data-colour]", line);
  if (find("rect", disc).getAttribute("fill") === c.colour && find("text", disc).textContent) return;
  attribute(find("rect", disc), "fill", c.colour);
  attribute(find("text", disc), "fill", ink(c.colour));
  text(find("text", disc), initials(c.name));
}

export function initials(name) {
  const all = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const first = (word) => [...word][0].toUpperCase();
  if (all.length === 0) return "?";
  return all.length === 1 ? first(all[0]) : first(all[0]) + first(all.at(-1));
}

// ink is black or white, whichever has the greater contrast with a colour as
// WCAG 2 works it out.
export function ink(colour) {
  const rgb = parseInt(colour.slice(1), 16);
  const linear = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const l = 0.2126 * linear((rgb >> 16) & 255) + 0.7152 * linear((rgb >> 8) & 255) + 0.0722 * linear(rgb & 255);
  return (l + 0.05) / 0.05 >= 1.05 / (l + 0.05) ? "#000000" : "#ffffff";
}
