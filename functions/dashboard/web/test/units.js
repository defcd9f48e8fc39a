// What needs no browser: the way to write figures.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import * as text from "../src/text.js";

text.use(JSON.parse(await readFile(new URL("../text/en.json", import.meta.url), "utf8")));

test("figures", () => {
  for (const [got, want] of [
    [text.integer(0), "0"], [text.integer(999), "999"], [text.integer(1234567), "1,234,567"], [text.integer(-1234), "-1,234"],
    [text.percent(0.12345), "12.3%"], [text.percent(0.1235), "12.4%"], [text.wholePercent(0.126), "13%"],
    [text.number(45.04, 1), "45.0"], [text.signed(3), "+3"], [text.signed(-3), "-3"],
    [text.count(1, "votes"), "1 vote"], [text.count(2000, "votes"), "2,000 votes"],
    [text.hhmm("2026-11-03T14:03:09Z"), "14:03"], [text.clock("2026-11-03T14:03:09.9Z"), "14:03:09 UTC"],
    [text.span(3.9), "3 s"], [text.span(120), "2 min"], [text.span(7200), "2 h"], [text.span(200000), "2 d"],
  ]) assert.equal(got, want);
});

test("a value that looks like a place for one stays what it is", () => {
  const values = { region: "{leader}", leader: "{lead} $&", lead: "{turnout}", turnout: "{toString}" };
  assert.equal(text.say("where.tile", values), "{leader}: {lead} $& leads by {turnout}, turnout {toString}");
  assert.equal(text.say("headline.leads", { constructor: 1 }), "{name} leads by {lead}; {reach}.");
  assert.equal(text.knows("toString"), false);
});
