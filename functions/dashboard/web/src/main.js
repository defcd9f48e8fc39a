// Takes the page over from the server: keeps its figures up to date, and
// filters them without loading it again.

import { load, say } from "./text.js";
import { find, findAll } from "./dom.js";
import { Live } from "./live.js";
import { show } from "./show.js";
import { tell, lost } from "./chip.js";
import { announce, hush } from "./announce.js";
import { filters, queryOf, subject } from "./filters.js";
import { arrived, wait } from "./waiting.js";
import { arrows } from "./arrows.js";
import { wall } from "./wall.js";

const every = Number(document.body.dataset.poll) || 1000;
let live;

// follow shows the results of the address that the browser is at.
function follow() {
  live?.stop();
  hush();
  live = new Live({
    query: queryOf(location.search),
    every,
    show: (results) => {
      arrived();
      show(results, charts);
      tell(results);
      announce(results);
    },
    trouble: lost,
  });
  live.start();
}

// The charts need the library that make assets bundles. Without it the page
// does with text and tables.
let charts = null;
async function loadCharts() {
  try {
    charts = await import("./charts/charts.js");
  } catch {
    console.info(say("page.nocharts"));
  }
}

// A hidden page asks for nothing.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) live.pause();
  else live.start();
});

// A portrait that can't be loaded leaves the initials.
const broken = (image) => image.remove();
document.addEventListener("error", (event) => event.target instanceof HTMLImageElement && broken(event.target), true);
for (const image of findAll("img")) if (image.complete && image.naturalWidth === 0 && image.currentSrc) broken(image);

await load(find("[data-text]").href);
await loadCharts();
document.documentElement.classList.add("live");
filters(() => {
  wait(subject);
  follow();
});
arrows(find('[data-list="tiles"]'));
wall();
follow();
