// The filters live in the address, so that a view can be shared. The form
// works without scripts; with them the page changes in place.

import { say } from "./text.js";
import { find } from "./dom.js";

const names = ["region", "group", "from", "to"];

// queryOf is the part of an address that chooses.
export function queryOf(search) {
  const all = new URLSearchParams(search);
  return names.flatMap((name) => (all.get(name) ? [[name, all.get(name)]] : []));
}

export const chosen = () => Object.fromEntries(queryOf(location.search));

// linkTo is the address of the page with other filters. How it is shown stays.
function linkTo(filters) {
  const query = new URLSearchParams(location.search);
  for (const name of names) {
    if (filters[name]) query.set(name, filters[name]);
    else query.delete(name);
  }
  const search = query.toString();
  return search ? `?${search}` : "./";
}

let form;
let follow;

// filters makes the form and the links of this page change it in place.
export function filters(changed) {
  follow = changed;
  form = find("[data-filters]");
  form.addEventListener("change", () => go(Object.fromEntries(new FormData(form))));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="?"]:not([data-language]), a[href="./"]');
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (link.hasAttribute("data-wall")) return;
    event.preventDefault();
    go(Object.fromEntries(queryOf(new URL(link.getAttribute("href"), location.href).search)));
  });
  addEventListener("popstate", () => follow());
}

function go(filters) {
  const address = linkTo(filters);
  if (new URL(address, location.href).href === location.href) return;
  history.pushState(null, "", address);
  follow();
}

// offered brings the form in line with the address, once the page offers what there
// is to choose.
export function offered() {
  const now = chosen();
  for (const name of names) {
    const select = form.elements[name];
    const value = now[name] ?? "";
    if (document.activeElement === select || select.value === value) continue;
    if (![...select.options].some((o) => o.value === value)) select.add(new Option(value, value));
    select.value = value;
  }
}

// subject says what the page will be about: everything, or what the filter leaves, by
// the names that the form has for it.
export function subject() {
  const now = chosen();
  const label = (name) => [...form.elements[name].options].find((o) => o.value === (now[name] ?? ""))?.text ?? now[name];
  const list = [label("region")];
  if (now.from || now.to) list.push(say("filter.time", { from: label("from"), to: label("to") }));
  return list.join(" · ");
}
