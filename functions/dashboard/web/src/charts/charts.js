// The charts over the course of time. They are drawn anew when something has
// changed, or the space for them has; the tables beneath hold the same figures.

import { find, flag } from "../dom.js";
import { minutesChart } from "./minutes.js";
import { sharesChart } from "./shares.js";
import { hoursChart } from "./hours.js";

const charts = { minutes: minutesChart, shares: sharesChart, hours: hoursChart };
const drawn = new Map(); // what each chart shows, as a text

let latest;

export function drawCharts(results, people) {
  latest = { results, people };
  for (const [name, chart] of Object.entries(charts)) drawOne(name, chart);
}

function drawOne(name, chart) {
  const place = find(`[data-chart="${name}"]`);
  flag(place, "hidden", latest.results.hourly.length === 0);
  watch.observe(place);
  const width = Math.floor(place.clientWidth);
  if (!width) return;
  const { results, people } = latest;
  const now = JSON.stringify([width, place.clientHeight, results.hourly, results.minutes, results.amendments, people.byVotes.map((c) => [c.id, c.name, c.colour])]);
  if (drawn.get(name) === now) return;
  drawn.set(name, now);
  chart(place, width, results, people);
}

let waiting;
const watch = new ResizeObserver(() => {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => latest && drawCharts(latest.results, latest.people));
});
