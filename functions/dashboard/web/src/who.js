// Who voted: turnout by age group and gender, on one scale.

import { groupName, integer, none, percent, say, units } from "./text.js";
import { attribute, find, flag, list, text, when } from "./dom.js";
import { keyOf } from "./results.js";
import { chosen } from "./filters.js";

export function showWho(r) {
  when("nogroups", r.demographics.length === 0);
  when("groups", r.demographics.length > 0);
  const { region } = chosen();
  const here = r.regions.filter((g) => !region || g.state === region);
  const sum = (field) => here.reduce((all, g) => all + g[field], 0);
  const overall = sum("registered") > 0 ? sum("voted") / sum("registered") : null;
  text(find('[data-t="overall"]'), say("who.note", { turnout: percent(overall) }));

  const whole = r.demographics.filter((g) => !g.state);
  const cells = region ? r.demographics.filter((g) => g.state) : [];
  groups("age", whole.filter((g) => !g.gender), overall);
  groups("gender", whole.filter((g) => !g.age_group), overall);
  groups("cell", cells, overall);
  when("cells", cells.length > 0);
}

const key = keyOf("demographics");

function groups(name, rows, overall) {
  list(name, rows, key, (g, set, line) => {
    set("name", groupName(g));
    set("participation", g.suppressed ? say("who.withheld") : percent(g.participation));
    set("voted", g.suppressed ? none() : integer(g.voted));
    set("registered", g.suppressed ? none() : integer(g.registered));
    flag(line, "data-withheld", g.suppressed);
    attribute(find("[data-w]", line), "width", units(g.participation));
    attribute(find("[data-x]", line), "x", units(overall));
  }, { template: "group" });
}
