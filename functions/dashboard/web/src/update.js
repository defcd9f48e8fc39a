// Puts a page that the server has rendered in the place of the one that is shown.
// What the reader has done stays: what is open, chosen, scrolled to or in focus.

import { attribute, find, findAll } from "./dom.js";
import { morph } from "./morph.js";
import { chosen, offered } from "./filters.js";
import { outline } from "./maps.js";
import { isBroken } from "./portraits.js";
import { roll } from "./roll.js";
import { localize } from "./zone.js";

const young = 60_000; // a page that was loaded less than this ago isn't loaded anew

export function update(page) {
  // The program behind the page has changed, and may render what this script doesn't
  // know. While instances of both answer, that must not go on and on.
  if (page.body.dataset.app !== document.body.dataset.app && performance.now() > young) return location.reload();
  for (const image of findAll("img", page)) if (isBroken(image)) image.remove();
  localize(page);
  outline(page);
  const focused = document.activeElement;
  const section = focused?.closest("main [tabindex]:not(svg, a), main section");
  document.title = page.title;
  for (const [selector, name] of [['meta[name="description"]', "content"], ['link[rel="canonical"]', "href"]]) {
    attribute(find(selector), name, find(selector, page)?.getAttribute(name));
  }
  document.body.dataset.version = page.body.dataset.version;
  for (const part of [".top", "main"]) morph(find(part), find(part, page), own);
  offered();
  if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
  else if (!focused?.isConnected) section?.focus?.({ preventScroll: true });
}

// own says what of an element is the script's or the reader's own: "all" or "content";
// nothing where it is the server's. It also carries over the attributes that the
// reader or the script has set.
function own(from, to) {
  if (from.matches("main")) return copy(from, to, "aria-busy");
  if (from.matches("details")) return copy(from, to, "open");
  if (from.matches("a.tile")) return copy(from, to, "tabindex");
  if (from.matches("section")) to.classList.toggle("on", from.classList.contains("on"));
  if (from.matches(".cursor, .reading")) return "all";
  if (from.matches("[data-chip]")) {
    copy(from, to, "data-state");
    return "content";
  }
  if (from.matches("[data-readout]") && find(".map svg[data-list]").matches(":hover, :focus-within")) return "all";
  if (from.matches("select")) return keeps(from) ? "all" : "";
  if (from.dataset.n !== undefined && to.dataset.n !== undefined) {
    roll(from, to);
    return "content";
  }
  return "";
}

function copy(from, to, name) {
  attribute(to, name, from.getAttribute(name));
  return "";
}

// keeps says whether a select box keeps its options: while the reader is at it, and
// where the page that was rendered has only those that the filter leaves.
function keeps(select) {
  const now = chosen();
  if (select === document.activeElement) return true;
  if (select.name === "group") return Boolean(now.group || now.region);
  return select.name !== "region" && Boolean(now.from || now.to);
}
