// The words that the script says itself, in the chip and beside the charts, and its way
// of writing figures: that of text/format.go.

let words = {};
let plurals;

// load reads the texts. Everything else here needs them.
export async function load(address, answers) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  const texts = await answer.json();
  use(answers ? ofAnswers(texts) : texts);
}

// ofAnswers puts what is said of the answers to a question in the place of what is said of
// candidates, as text.go does.
export const ofAnswers = (texts) => ({
  ...texts,
  ...Object.fromEntries(Object.entries(texts).filter(([key]) => key.includes(".answers")).map(([key, text]) => [key.replace(".answers", ""), text])),
});

export function use(texts) {
  words = texts;
  plurals = new Intl.PluralRules(words.locale);
}

// say returns a text with the values put in where it names them in braces.
export function say(key, values = {}) {
  const text = knows(key) ? words[key] : key;
  return text.replace(/\{(\w+)\}/g, (name, key) => (Object.hasOwn(values, key) ? isolated(String(values[key])) : name));
}

// isolated keeps a name that is written from left to right from changing the order of the
// words around it, as text.go does.
const isolated = (value) => (words.direction === "rtl" && /(?![\p{Script=Arabic}\p{Script=Hebrew}])\p{L}/u.test(value) ? `\u2068${value}\u2069` : value);

export const knows = (key) => Object.hasOwn(words, key);

// number writes a number with so many decimals.
export const number = (n, decimals = 0) =>
  n.toLocaleString(words.locale, { useGrouping: "always", minimumFractionDigits: decimals, maximumFractionDigits: decimals });

export const integer = (n) => number(n);
export const percent = (share) => say("number.percent", { n: number(Math.round(share * 1000) / 10, 1) });
export const signed = (n) => (n > 0 ? say("number.more", { n: integer(n) }) : integer(n));

// count writes a number of things by the form that the language has for it.
export function count(n, key) {
  const form = `${key}.${plurals.select(n)}`;
  return say(knows(form) ? form : `${key}.other`, { n: integer(n) });
}

// local returns a date whose UTC fields are those of a time in the reader's time zone.
const local = (time) => {
  const date = new Date(time);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
};

// byClock is a time in milliseconds as the reader's clock counts them: midnight is a multiple of a day.
export const byClock = (time) => local(time).getTime();

// zone names the reader's time zone at a time.
export const zone = (time = Date.now()) =>
  new Intl.DateTimeFormat("en", { timeZoneName: "short" }).formatToParts(new Date(time)).find((p) => p.type === "timeZoneName").value;

export const hhmm = (time) => local(time).toISOString().slice(11, 16);

// dayOf returns the day of the month and the month's short name, for texts of dates.
export function dayOf(time) {
  const date = local(time);
  return {
    day: date.getUTCDate(), mon: words["date.months.short"].split("|")[date.getUTCMonth()],
    month: words["date.months"].split("|")[date.getUTCMonth()], year: date.getUTCFullYear(),
  };
}

export const clock = (time) => say("date.clock", { time: local(time).toISOString().slice(11, 19), zone: zone(time) });

// timed writes a time by the text with a key.
export const timed = (key, time) => (key === "date.clock" ? clock(time) : say(key, { ...dayOf(time), time: hhmm(time), zone: zone(time) }));

// span writes a number of seconds in its largest unit.
export function span(seconds) {
  const s = Math.max(0, seconds);
  if (s < 90) return say("span.seconds", { n: integer(Math.floor(s)) });
  if (s < 90 * 60) return say("span.minutes", { n: integer(Math.floor(s / 60)) });
  if (s < 48 * 3600) return say("span.hours", { n: integer(Math.floor(s / 3600)) });
  return say("span.days", { n: integer(Math.floor(s / 86400)) });
}
