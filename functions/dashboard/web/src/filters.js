// The filters live in the address, so that a view can be shared. The form
// works without scripts; with them the page changes in place.

import { groupName, hour, say } from "./text.js";
import { find, flag, text, when } from "./dom.js";

const names = ["region", "group", "from", "to"];

// queryOf is the part of an address that the API knows.
export function queryOf(search) {
  const all = new URLSearchParams(search);
  return names.flatMap((name) => (all.get(name) ? [[name, all.get(name)]] : []));
}

export const chosen = () => Object.fromEntries(queryOf(location.search));

// linkTo is the address of the page with some filters changed.
export function linkTo(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const search = query.toString();
  return search ? `?${search}` : "./";
}

// address is that of what the page shows, without how it is shown.
export function address() {
  const query = new URLSearchParams(chosen());
  query.sort();
  const search = query.toString();
  return search ? `?${search}` : "./";
}

let form;
let follow;
let known = []; // the regions of the last results

// filters makes the form and the links of this page change it in place.
export function filters(changed) {
  follow = changed;
  form = find("[data-filters]");
  form.addEventListener("change", () => {
    const fields = new FormData(form);
    go(linkTo(Object.fromEntries(names.map((name) => [name, fields.get(name)]))));
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="?"], a[href="./"]');
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (link.hasAttribute("data-wall")) return;
    event.preventDefault();
    go(link.getAttribute("href"));
  });
  addEventListener("popstate", follow);
}

function go(address) {
  if (new URL(address, location.href).href === location.href) return;
  history.pushState(null, "", address);
  follow();
}

// showFilters brings the form in line with the address and offers what the
// results have.
export function showFilters(r) {
  const now = chosen();
  known = r.regions;
  offer("region", [["", say("filter.regions")], ...r.regions.map((g) => [g.state, g.name])], now);
  const ages = r.demographics.filter((g) => !g.state && g.age_group && !g.gender);
  const genders = r.demographics.filter((g) => !g.state && g.gender && !g.age_group);
  if (!now.group && !now.region) {
    offer("group", [
      ["", say("filter.groups")],
      ...ages.map((g) => [`age:${g.age_group}`, groupName(g)]),
      ...genders.map((g) => [`gender:${g.gender}`, groupName(g)]),
    ], now);
  }
  if (!now.from && !now.to) {
    const later = (time) => new Date(Date.parse(time) + 3_600_000).toISOString().replace(".000", "");
    offer("from", [["", say("filter.start")], ...r.hourly.map((h) => [h.hour, hour(h.hour)])], now);
    offer("to", [["", say("filter.end")], ...r.hourly.map((h) => [later(h.hour), hour(later(h.hour))])], now);
  }
  for (const name of names) {
    const select = form.elements[name];
    const value = now[name] ?? "";
    if (document.activeElement !== select && select.value !== value) {
      if (![...select.options].some((o) => o.value === value)) select.add(new Option(value, value));
      select.value = value;
    }
  }
  when("bygroup", now.group);
  flag(find("[data-clear]"), "hidden", Object.keys(now).length === 0);
  text(find("[data-kicker]"), subject());
  flag(find("[data-kicker]"), "data-filtered", Object.keys(now).length > 0);
}

// offer fills a select box where its options have changed.
function offer(name, options, now) {
  const select = form.elements[name];
  const same = select.options.length === options.length && options.every(([value], i) => select.options[i].value === value);
  if (same) return;
  select.replaceChildren(...options.map(([value, label]) => new Option(label, value)));
  select.value = now[name] ?? "";
}

// subject says what the page is about: everything, or what the filter leaves.
export function subject() {
  const now = chosen();
  const region = known.find((g) => g.state === now.region)?.name ?? now.region;
  const list = [region ?? say("filter.everywhere")];
  if (now.from || now.to) {
    list.push(say("filter.time", {
      from: now.from ? hour(now.from) : say("filter.start"),
      to: now.to ? hour(now.to) : say("filter.end"),
    }));
  }
  return list.join(" · ");
}
