// What stands below the columns of the hours. It needs no document.

import { byClock, dayOf, hhmm, say } from "../text.js";

const hour = 3_600_000;
const steps = [1, 2, 3, 4, 6, 12, 24, 48, 168, 336, 672, 1344]; // hours

// several reports whether hours are of more than one day.
const several = (rows) => rows.length > 0 && dayNumber(rows[0].at) !== dayNumber(rows.at(-1).at);
const dayNumber = (at) => Math.floor(hourNumber(at) / 24);
const hourNumber = (at) => Math.floor(byClock(at) / hour); // by the reader's clock

// hourText names an hour: with its day where the hours are of several.
export function hourText(rows, at) {
  return several(rows) ? say("date.hour", { ...dayOf(at), time: hhmm(at) }) : hhmm(at);
}

// hourLabels returns the labels of the hours in rows, of which at most so many have room:
// {at, text}. Where the hours are of several days, a day's first label is its date.
export function hourLabels(rows, room) {
  if (!several(rows)) {
    const every = Math.ceil(rows.length / Math.max(1, room));
    return rows.filter((_, i) => i % every === 0).map(({ at }) => ({ at, text: hhmm(at) }));
  }
  const step = steps.find((n) => rows.length / n <= room) ?? steps.at(-1);
  return rows.filter(({ at }) => hourNumber(at) % step === 0)
    .map(({ at }) => ({ at, text: hourNumber(at) % 24 === 0 ? say("date.short", dayOf(at)) : hhmm(at) }));
}
