// Keeps the page up to date, and filters it without loading it again: the server
// renders it anew, and the script puts what has changed in its place.

import { load } from "./text.js";
import { find, findAll, text as write } from "./dom.js";
import { Live } from "./live.js";
import { update } from "./update.js";
import { tell, lost } from "./chip.js";
import { announce, hush } from "./announce.js";
import { chosen, filters, queryOf, subject } from "./filters.js";
import { arrived, wait } from "./waiting.js";
import { arrows } from "./arrows.js";
import { mapQuery, maps, otherMap, outline } from "./maps.js";
import { broken } from "./portraits.js";
import { reading } from "./reading.js";
import { wall } from "./wall.js";
import { localize } from "./zone.js";
import { embedded } from "./embed.js";

// looks is the part of the address that says how the page shows the results.
const looks = () => [...new URLSearchParams(location.search)].filter(([name]) => ["lang", "embed", "tv", "background"].includes(name));

const { poll, version } = document.body.dataset;
let live;

// follow shows the page of the address that the browser is at, of which it may have
// a version.
function follow(has = null) {
  live?.stop();
  hush();
  live = new Live({
    query: [...queryOf(location.search), ...looks(), ...mapQuery()],
    every: Number(poll) || 1000,
    version: has,
    show: (page) => {
      arrived();
      update(page);
      shown();
    },
    trouble: lost,
  });
  live.start();
}

function shown() {
  const { from, to } = chosen();
  if (from || to) write(find("[data-kicker]"), subject()); // in the reader's time zone
  outline();
  tell();
  announce();
}

// A hidden page asks for nothing.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) live.pause();
  else live.start();
});

// The program behind the page may change while the figures don't.
setInterval(() => document.hidden || live.ask(), 600_000);

document.addEventListener("error", (event) => event.target instanceof HTMLImageElement && broken(event.target), true);
for (const image of findAll("img")) if (image.complete && image.naturalWidth === 0 && image.currentSrc) broken(image);

await load(find("[data-text]").href, "answers" in document.body.dataset);
localize();
document.documentElement.classList.add("live");
maps(() => follow());
filters(() => {
  wait(subject);
  follow();
});
arrows(find('[data-list="tiles"]'));
wall();
reading();
embedded();
shown();
follow(otherMap() ? null : version);
