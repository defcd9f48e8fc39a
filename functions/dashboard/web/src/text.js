// The words of the page and its way of writing figures, as text.go and
// format.go have them: the server has written the page by the same file.

let words = {};
let plurals;
let months = [];
let short = [];

// load reads the texts. Everything else here needs them.
export async function load(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  use(await answer.json());
}

export function use(texts) {
  words = texts;
  plurals = new Intl.PluralRules(words.language);
  months = words["date.months"].split("|");
  short = words["date.months.short"].split("|");
}

// say returns a text with the values put in where it names them in braces.
export function say(key, values = {}) {
  const text = knows(key) ? words[key] : key;
  return text.replace(/\{(\w+)\}/g, (name, key) => (Object.hasOwn(values, key) ? String(values[key]) : name));
}

export const knows = (key) => Object.hasOwn(words, key);

// exactly is the key of a text that says something of exact figures, where there
// is one.
export const exactly = (key, r) => (r.exact && knows(`${key}.exact`) ? `${key}.exact` : key);

export const none = () => say("number.none");

export function integer(n) {
  const digits = String(Math.abs(n)).replace(/\B(?=(\d{3})+$)/g, words["number.group"]);
  return n < 0 ? "-" + digits : digits;
}

const tenths = (n) => n.toFixed(1).replace(".", words["number.decimal"]);
const tenth = (share) => Math.round(share * 1000) / 10;

export const percent = (share) => (share == null ? none() : say("number.percent", { n: tenths(tenth(share)) }));
export const wholePercent = (share) => say("number.percent", { n: Math.round(share * 100) });

// lead is a difference of shares in points. There is none between equals.
export function lead(share) {
  if (!share) return none();
  return tenth(share) === 0 ? say("number.under", { n: tenths(0.1) }) : say("number.more", { n: tenths(tenth(share)) });
}

export const signed = (n) => (n > 0 ? say("number.more", { n: integer(n) }) : integer(n));

// count writes a number of things by the form that the language has for it.
export function count(n, key) {
  const form = `${key}.${plurals.select(n)}`;
  return say(knows(form) ? form : `${key}.other`, { n: integer(n) });
}

export function points(share) {
  const n = tenth(share);
  return say(n === 1 ? "points.one" : "points.other", { n: tenths(n) });
}

// strength is the step of a lead on the map: 0 where there is none, 1 to 4.
export const steps = [2, 5, 10];
export function strength(region) {
  if (region.race !== "leads" || region.margin_share == null) return 0;
  return 1 + steps.filter((least) => tenth(region.margin_share) >= least).length;
}

function dated(key, time) {
  const at = new Date(time);
  return say(key, {
    day: at.getUTCDate(),
    month: months[at.getUTCMonth()],
    mon: short[at.getUTCMonth()],
    year: at.getUTCFullYear(),
    time: at.toISOString().slice(11, 16),
  });
}

export const moment = (time) => (time ? dated("date.moment", time) : none());
export const hour = (time) => dated("date.hour", time);
export const hhmm = (time) => new Date(time).toISOString().slice(11, 16);
export const clock = (time) => (time ? say("date.clock", { time: new Date(time).toISOString().slice(11, 19) }) : none());

// span writes a number of seconds in its largest unit.
export function span(seconds) {
  const s = Math.max(0, seconds);
  if (s < 90) return say("span.seconds", { n: integer(Math.floor(s)) });
  if (s < 90 * 60) return say("span.minutes", { n: integer(Math.floor(s / 60)) });
  if (s < 48 * 3600) return say("span.hours", { n: integer(Math.floor(s / 3600)) });
  return say("span.days", { n: integer(Math.floor(s / 86400)) });
}

export function groupName(g) {
  const name = (kind, value) => (knows(`${kind}.${value}`) ? say(`${kind}.${value}`) : value);
  if (g.age_group && g.gender) return say("who.both", { age: name("age", g.age_group), gender: name("gender", g.gender) });
  return g.age_group ? name("age", g.age_group) : name("gender", g.gender);
}

// units is a share on a scale of a thousand, as the bars have it.
export const units = (share) => (Math.round(Math.min(share ?? 0, 1) * 10000) / 10).toFixed(1);
