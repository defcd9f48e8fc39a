// The kinds of the map: which one the reader has chosen, and the outlines of the regions, which
// are an asset of their own.

import { find, findAll } from "./dom.js";

const remembered = "tallystream.map";
const kinds = () => findAll("[data-choose]").map((a) => a.dataset.choose);
const shown = () => find(".map")?.dataset.map;

// Frames, walls and graphics show what their addresses say.
const alone = () => {
  const query = new URLSearchParams(location.search);
  return query.has("embed") || query.has("tv") || query.get("view") === "wall";
};

// mapQuery is the part of a query that names the map: that of the address, or else the one
// that was chosen last, where there is such a map.
export function mapQuery() {
  const asked = new URLSearchParams(location.search).get("map");
  if (asked) return [["map", asked]];
  const last = alone() ? null : recall();
  return last && kinds().includes(last) ? [["map", last]] : [];
}

// otherMap says whether the page that the server sent shows another map than the chosen one.
export const otherMap = () => mapQuery().some(([, kind]) => kind !== shown());

// maps makes the links to other maps change the page in place.
export function maps(changed) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-choose]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const query = new URLSearchParams(location.search);
    query.set("map", link.dataset.choose);
    history.replaceState(null, "", `?${query}`);
    if (!alone()) remember(link.dataset.choose);
    changed();
  }, true);
}

// A browser may keep nothing for a page, and say so by an exception.
function recall() {
  try {
    return localStorage.getItem(remembered);
  } catch {
    return null;
  }
}

function remember(kind) {
  try {
    localStorage.setItem(remembered, kind);
  } catch {
    // The address has it.
  }
}

const loaded = new Map(); // paths by region, by the address of the asset

// outline puts the paths into the outlines of a page, as far as they are there, and gets
// them where they aren't.
export function outline(page = document) {
  const address = find("[data-outlines]", page)?.dataset.outlines;
  if (!address) return;
  const paths = loaded.get(address);
  if (!paths) return void load(address);
  for (const path of findAll("[data-outline]", page)) path.setAttribute("d", paths[path.dataset.outline] ?? "");
}

const loading = new Set();

async function load(address) {
  if (loading.has(address)) return;
  loading.add(address);
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    loaded.set(address, await answer.json());
    outline();
  } catch (error) {
    console.info(error); // the next change of the page asks again
  } finally {
    loading.delete(address);
  }
}
