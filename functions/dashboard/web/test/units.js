// What needs no browser: patches, and the way to write figures.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { apply, merge } from "../src/results.js";
import * as text from "../src/text.js";

text.use(JSON.parse(await readFile(new URL("../text/en.json", import.meta.url), "utf8")));

// The examples of RFC 7396, appendix A.
const examples = [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [["a", "b"], ["c", "d"], ["c", "d"]],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

test("merge patches", () => {
  for (const [target, patch, want] of examples) assert.deepEqual(merge(target, patch), want, JSON.stringify([target, patch]));
});

const before = {
  version: "1",
  totals: { votes: 3 },
  hourly: [{ hour: "12", votes: 1 }, { hour: "13", votes: 2 }],
  demographics: [{ age_group: "18-24", voted: 1 }, { state: "TX", age_group: "18-24", gender: "male", voted: null }],
};

test("a patch changes rows, adds them and puts them in order", () => {
  const after = apply(before, {
    from: "1", version: "2", patch: { totals: { votes: 6 } },
    rows: { hourly: [{ hour: "13", votes: 4 }, { hour: "11", votes: 1 }], demographics: [{ age_group: "18-24", voted: 2 }] },
    keys: { hourly: ["11", "13"] },
  });
  assert.equal(after.version, "2");
  assert.equal(after.totals.votes, 6);
  assert.deepEqual(after.hourly, [{ hour: "11", votes: 1 }, { hour: "13", votes: 4 }]);
  assert.deepEqual(after.demographics.map((g) => g.voted), [2, null]);
  assert.equal(before.totals.votes, 3, "what was there before stays as it was");
});

test("a patch of other results is refused", () => {
  assert.equal(apply(before, { from: "0", version: "2" }), null);
  assert.equal(apply(null, { from: "1", version: "2" }), null);
  assert.equal(apply(before, { from: "1", version: "2", keys: { hourly: ["12", "14"] } }), null);
});

test("figures", () => {
  for (const [got, want] of [
    [text.integer(0), "0"], [text.integer(999), "999"], [text.integer(1234567), "1,234,567"], [text.integer(-1234), "-1,234"],
    [text.percent(0.12345), "12.3%"], [text.percent(0.1235), "12.4%"], [text.percent(null), "–"],
    [text.lead(0.12345), "+12.3"], [text.lead(0), "–"], [text.lead(0.0001), "under 0.1"], [text.lead(null), "–"],
    [text.points(0.01), "1.0 point"], [text.points(0.024), "2.4 points"],
    [text.count(1, "votes"), "1 vote"], [text.count(2000, "votes"), "2,000 votes"],
    [text.moment("2026-11-03T14:03:09.9Z"), "3 Nov 2026, 14:03 UTC"], [text.moment(null), "–"],
    [text.hour("2026-11-03T14:03:09Z"), "3 Nov, 14:03"], [text.clock("2026-11-03T14:03:09.9Z"), "14:03:09 UTC"],
    [text.span(3.9), "3 s"], [text.span(120), "2 min"], [text.span(7200), "2 h"], [text.span(200000), "2 d"],
    [text.units(1 / 3), "333.3"], [text.units(null), "0.0"], [text.units(2), "1000.0"],
  ]) assert.equal(got, want);
});

test("a value that looks like a place for one stays what it is", () => {
  const values = { region: "{leader}", leader: "{lead} $&", lead: "{turnout}", turnout: "{toString}" };
  assert.equal(text.say("where.tile", values), "{leader}: {lead} $& leads by {turnout}, turnout {toString}");
  assert.equal(text.say("headline.leads", { constructor: 1 }), "{name} leads by {lead}; {reach}.");
  assert.equal(text.knows("toString"), false);
});
