// The words that the script says itself, in the chip and in the charts, and its way
// of writing figures: that of text/format.go.

let words = {};
let plurals;

// load reads the texts. Everything else here needs them.
export async function load(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  use(await answer.json());
}

export function use(texts) {
  words = texts;
  plurals = new Intl.PluralRules(words.language);
}

// say returns a text with the values put in where it names them in braces.
export function say(key, values = {}) {
  const text = knows(key) ? words[key] : key;
  return text.replace(/\{(\w+)\}/g, (name, key) => (Object.hasOwn(values, key) ? String(values[key]) : name));
}

export const knows = (key) => Object.hasOwn(words, key);

// number writes a number with so many decimals.
export const number = (n, decimals = 0) =>
  n.toLocaleString(words.language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

export const integer = (n) => number(n);
export const percent = (share) => say("number.percent", { n: number(Math.round(share * 1000) / 10, 1) });
export const wholePercent = (share) => say("number.percent", { n: Math.round(share * 100) });
export const signed = (n) => (n > 0 ? say("number.more", { n: integer(n) }) : integer(n));

// count writes a number of things by the form that the language has for it.
export function count(n, key) {
  const form = `${key}.${plurals.select(n)}`;
  return say(knows(form) ? form : `${key}.other`, { n: integer(n) });
}

export const hhmm = (time) => new Date(time).toISOString().slice(11, 16);

// dayOf returns the day of the month and the month's short name, for texts of dates.
export function dayOf(time) {
  const date = new Date(time);
  return { day: date.getUTCDate(), mon: words["date.months.short"].split("|")[date.getUTCMonth()] };
}

export const clock = (time) => say("date.clock", { time: new Date(time).toISOString().slice(11, 19) });

// span writes a number of seconds in its largest unit.
export function span(seconds) {
  const s = Math.max(0, seconds);
  if (s < 90) return say("span.seconds", { n: integer(Math.floor(s)) });
  if (s < 90 * 60) return say("span.minutes", { n: integer(Math.floor(s / 60)) });
  if (s < 48 * 3600) return say("span.hours", { n: integer(Math.floor(s / 3600)) });
  return say("span.days", { n: integer(Math.floor(s / 86400)) });
}
