// Puts results on the page, section by section.

import { integer, moment, percent, say } from "./text.js";
import { attribute, find, roll, text } from "./dom.js";
import { showRace } from "./race.js";
import { showWhere } from "./where.js";
import { showWhen } from "./when.js";
import { showWho } from "./who.js";
import { showBooks } from "./books.js";
import { address, chosen, showFilters, subject } from "./filters.js";

export function show(r, charts) {
  const people = ballot(r);
  text(find('[data-t="headline"]'), r.totals.headline);
  const standing = find("[data-standing]");
  attribute(standing, "data-state", r.status);
  text(standing, r.state.text);
  roll(find('[data-t="votes"]'), r.totals.votes, integer);
  roll(find('[data-t="registered"]'), r.totals.registered, integer);
  roll(find('[data-t="turnout"]'), r.totals.turnout ?? -1, (n) => percent(n < 0 ? null : n));
  text(find('[data-t="watermark"]'), moment(r.watermark));
  showFilters(r);
  introduce(r);
  showRace(r, people);
  showWhere(r, people);
  showWhen(r, people);
  showWho(r);
  showBooks(r, people);
  showSources(r);
  charts?.drawCharts(r, people);
}

// introduce names the window, and what the page is to those who share it.
function introduce(r) {
  const now = chosen();
  const part = now.region || now.from || now.to ? subject() : null;
  const election = r.election.name;
  document.title = part ? say("page.title.part", { part, election }) : say("page.title", { election });
  const about = part ? say("page.about", { part, headline: r.totals.headline }) : r.totals.headline;
  attribute(find('meta[name="description"]'), "content", about);
  attribute(find('link[rel="canonical"]'), "href", address());
}

// marks is the number of shapes that the page draws.
const marks = 8;

// ballot finds candidates by id, each with the shape that goes with the colour.
function ballot(r) {
  const sorted = [...r.candidates].sort((a, b) => (a.id < b.id ? -1 : 1));
  const byID = new Map(sorted.map((c, i) => [c.id, { ...c, mark: i % marks }]));
  return {
    byVotes: r.candidates.map((c) => byID.get(c.id)),
    byID: [...byID.values()],
    of: (id) => byID.get(id) ?? { id, name: id, colour: "#808080", mark: marks - 1, votes: 0, share: 0 },
  };
}

function showSources(r) {
  for (const [section, source] of Object.entries(r.sources ?? {})) {
    for (const line of document.querySelectorAll(`[data-source="${section}"]`)) {
      for (const [field, address] of [["table", source.json], ["json", source.json], ["csv", source.csv]]) {
        const link = find(`[data-f="${field}"]`, line);
        if (link && link.getAttribute("href") !== address) link.setAttribute("href", address);
      }
      text(find('[data-f="table"]', line), source.table);
    }
  }
}
