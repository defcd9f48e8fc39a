// How an hour is named beside others. It needs no document.

import { byClock, dayOf, hhmm, say } from "./text.js";

// several reports whether hours are of more than one day, by the reader's clock.
const several = (rows) => dayNumber(rows[0].at) !== dayNumber(rows.at(-1).at);
const dayNumber = (at) => Math.floor(byClock(at) / 86_400_000);

// hourText names an hour: with its day where the hours are of several.
export const hourText = (rows, at) => (several(rows) ? say("date.hour", { ...dayOf(at), time: hhmm(at) }) : hhmm(at));
