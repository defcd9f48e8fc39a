// Where: the map, and the lists beside and under it.

import { count, exactly, integer, lead, none, percent, points, say, strength, units } from "./text.js";
import { attribute, find, list, text, when } from "./dom.js";
import { linkTo, chosen } from "./filters.js";
import { mark } from "./race.js";

const size = 100; // from tile to tile
const columns = 11; // where the regions have no places of their own
const leastColumns = 8; // so that the tiles of a few regions don't grow large
const closest = 6;

export function showWhere(r, people) {
  when("noregions", r.regions.length === 0);
  when("regions", r.regions.length > 0);
  const regions = r.regions.map((g) => describe(g, people, r));
  text(find('[data-t="where.leads"]'), say(exactly("where.leads", r)));
  showMap(regions);
  const map = find('[data-list="tiles"]');
  if (!map.matches(":hover, :focus-within")) text(find("[data-readout]"), regions.find((g) => g.here)?.summary ?? say("where.hint"));
  showTally(regions, people);
  const distance = (g) => (g.leads ? g.margin_share : 0);
  const close = regions.filter((g) => g.race !== "none").sort((a, b) => distance(a) - distance(b) || a.margin_share - b.margin_share).slice(0, closest);
  list("closest", close, (g) => g.state, (g, set, line) => {
    set("name", g.name);
    set("leader", g.first);
    set("lead", g.lead);
    attribute(find("a", line), "href", g.href);
    mark(line, g.leads);
  });
  const known = (g) => g.turnout ?? -1;
  list("turnout", [...regions].sort((a, b) => known(b) - known(a)), (g) => g.state, (g, set, line) => {
    set("name", g.name);
    set("code", g.code);
    set("turnout", percent(g.turnout));
    attribute(find("[data-w]", line), "width", units(g.turnout));
  });
  list("regions", regions, (g) => g.state, (g, set, line) => {
    set("name", g.name);
    set("leader", g.first);
    set("lead", g.lead);
    set("turnout", percent(g.turnout));
    set("voted", integer(g.voted));
    set("registered", integer(g.registered));
    mark(line, g.leads);
  });
}

// describe adds to a region what the page says of it.
function describe(g, people, r) {
  const step = strength(g);
  const leads = step > 0 ? people.of(g.leader) : null;
  const values = { region: g.name, turnout: percent(g.turnout), votes: count(g.voted, "votes") };
  if (leads) Object.assign(values, { leader: leads.name, lead: points(g.margin_share) });
  const summary = say(exactly(sentence(g, leads), r), values);
  const first = leads?.name ?? (g.race === "level" ? say("where.level") : g.race === "close" ? say("where.close") : none());
  const here = chosen().region === g.state;
  // What a tile has room for.
  const code = [...g.state].length <= 4 ? g.state : [...g.name].slice(0, 3).join("") + ".";
  return { ...g, code, strength: step, leads, first, lead: leads ? lead(g.margin_share) : none(), summary, here, href: linkTo({ region: here ? "" : g.state }) };
}

// sentence is the key of what is said of a region.
function sentence(g, leads) {
  if (leads) return "where.tile";
  if (g.race === "level") return "where.tile.level";
  if (g.race === "close") return "where.tile.close";
  return g.voted > 0 ? "where.tile.few" : "where.tile.none";
}

function showMap(regions) {
  const map = find('[data-list="tiles"]');
  const at = places(regions);
  const width = Math.max(leastColumns, ...at.map((p) => p[0] + 1)) * size;
  const height = Math.max(1, ...at.map((p) => p[1] + 1)) * size;
  attribute(map, "viewBox", `0 0 ${width} ${height}`);
  const place = new Map(regions.map((g, i) => [g.state, at[i]]));
  list("tiles", regions, (g) => g.state, (g, set, tile) => {
    const [x, y] = place.get(g.state).map((n) => n * size);
    attribute(tile, "transform", `translate(${x} ${y})`);
    attribute(tile, "class", `tile s${g.strength}`);
    attribute(tile, "color", g.leads?.colour ?? "none");
    attribute(tile, "href", g.href);
    attribute(tile, "aria-label", say("where.tile.label", { code: g.code, lead: g.lead, summary: g.summary }));
    attribute(tile, "data-says", g.summary);
    attribute(tile, "aria-current", g.here ? "true" : null);
    attribute(find("use", tile), "href", g.leads ? `#mark-${g.leads.mark}` : "#mark-8");
    text(find(".code", tile), g.code);
    set("lead", g.lead);
    attribute(find(".meter", tile), "width", (Math.round(Math.min(g.turnout ?? 0, 1) * 780) / 10).toFixed(1));
  });
}

// places lays the regions out as tiles.go does.
function places(regions) {
  const own = regions.map((g) => [g.col, g.row]);
  if (own.every(([c, r]) => c != null && r != null) && new Set(own.map(String)).size === own.length) return own;
  const wide = Math.min(Math.max(regions.length, 1), columns);
  return regions.map((_, i) => [i % wide, Math.floor(i / wide)]);
}

function showTally(regions, people) {
  const led = new Map();
  for (const g of regions) if (g.leads) led.set(g.leader, (led.get(g.leader) ?? 0) + 1);
  const lines = people.byVotes.map((c) => ({ ...c, regions: led.get(c.id) ?? 0 })).sort((a, b) => b.regions - a.regions);
  list("leads", lines, (c) => c.id, (c, set, line) => {
    set("name", c.name);
    set("regions", integer(c.regions));
    mark(line, c);
  });
}
