// The charts over the course of time. They are drawn anew when something has
// changed, or the space for them has; the tables beneath hold the same figures.
// What they draw is in the page, as JSON: the series that pictures of them show too.

import { attribute, find } from "../dom.js";
import { minutesChart } from "./minutes.js";
import { sharesChart } from "./shares.js";
import { hoursChart } from "./hours.js";

const charts = { minutes: minutesChart, shares: sharesChart, hours: hoursChart };
const drawn = new Map(); // what each chart shows, as a text

export function drawCharts() {
  const text = find("[data-figures]").textContent;
  const figures = JSON.parse(text);
  for (const [name, chart] of Object.entries(charts)) drawOne(name, chart, figures, text);
}

function drawOne(name, chart, figures, text) {
  const box = find(`[data-chart="${name}"]`);
  attribute(box, "hidden", figures.hours.length === 0 ? "" : null);
  watch.observe(box);
  const width = Math.floor(box.clientWidth);
  if (!width) return;
  const now = [width, box.clientHeight, text].join();
  if (drawn.get(name) === now) return;
  drawn.set(name, now);
  chart(box, width, figures);
}

let waiting;
const watch = new ResizeObserver(() => {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(drawCharts);
});
