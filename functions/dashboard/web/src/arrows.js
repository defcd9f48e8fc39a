// The map by keyboard: one stop for the Tab key, arrow keys from tile to tile.

import { find, text } from "./dom.js";
import { say } from "./text.js";

const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function arrows(map) {
  const readout = find("[data-readout]");
  const tiles = () => [...map.querySelectorAll("a.tile")];
  let current = null;

  // stop makes one tile the map's stop in the order of the Tab key.
  function stop(tile) {
    current = tile;
    for (const other of tiles()) other.setAttribute("tabindex", other === tile ? "0" : "-1");
  }
  const settle = () => {
    const all = tiles();
    if (all.length && (!all.includes(current) || all.some((t) => !t.hasAttribute("tabindex")))) stop(all.includes(current) ? current : all[0]);
  };
  settle();
  new MutationObserver(settle).observe(map, { childList: true });

  map.addEventListener("keydown", (event) => {
    const from = event.target.closest("a.tile");
    const to = from && (event.key in ways ? nearest(from, tiles(), ways[event.key]) : { Home: tiles()[0], End: tiles().at(-1) }[event.key]);
    if (!to) return;
    event.preventDefault();
    stop(to);
    to.focus();
  });
  const rest = () => map.querySelector("a.tile[aria-current]")?.dataset.says ?? say("where.hint");
  const tell = (event) => text(readout, event.target.closest?.("a.tile")?.dataset.says ?? rest());
  map.addEventListener("focusin", (event) => {
    const tile = event.target.closest("a.tile");
    if (tile) stop(tile);
    tell(event);
  });
  map.addEventListener("focusout", () => text(readout, rest()));
  map.addEventListener("pointerover", tell);
  map.addEventListener("pointerleave", () => text(readout, rest()));
}

function position(tile) {
  const [x, y] = tile.getAttribute("transform").match(/-?[\d.]+/g).map(Number);
  return { x, y };
}

// nearest is the tile that is closest in a direction: what lies aside is farther than
// what lies straight ahead. Of hexagons the next row is nearer than the one behind it.
function nearest(from, all, [dx, dy]) {
  const here = position(from);
  let best = null;
  let least = Infinity;
  for (const tile of all) {
    const there = position(tile);
    const ahead = (there.x - here.x) * dx + (there.y - here.y) * dy;
    const aside = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
    const far = Math.hypot(ahead, aside) + aside;
    if (ahead > 0 && far < least) {
      least = far;
      best = tile;
    }
  }
  return best;
}
