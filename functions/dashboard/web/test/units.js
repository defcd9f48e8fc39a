// What needs no browser: the way to write figures, times and the state of the count.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { hourText } from "../src/hour_text.js";
import { chipWords } from "../src/chip_words.js";
import { patched } from "../src/patched.js";
import * as text from "../src/text.js";

process.env.TZ = "UTC";
const speak = async (code) => text.use(JSON.parse(await readFile(new URL(`../text/${code}.json`, import.meta.url), "utf8")));
await speak("en");

test("figures", () => {
  for (const [got, want] of [
    [text.integer(0), "0"], [text.integer(999), "999"], [text.integer(1234567), "1,234,567"], [text.integer(-1234), "-1,234"],
    [text.percent(0.12345), "12.3%"], [text.percent(0.1235), "12.4%"],
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

test("of the answers to a question other words are said than of candidates", () => {
  const said = text.ofAnswers({ "a.b": "candidates", "a.b.answers": "answers", "a.c.answers.one": "one answer", "a.c.one": "one candidate", d: "votes" });
  assert.deepEqual([said["a.b"], said["a.c.one"], said.d], ["answers", "one answer", "votes"]);
});

const from = Date.parse("2026-11-03T08:00:00Z");
const hours = (n) => Array.from({ length: n }, (_, i) => ({ at: from + i * 3_600_000 }));

test("an hour of one day has its time, one of several its date too", () => {
  assert.equal(hourText(hours(4), from), "08:00");
  assert.equal(hourText(hours(30), from), "3 Nov, 08:00");
});

test("the chip counts how far the figures are behind, unless there is nothing to count", () => {
  const now = Date.parse("2026-11-03T12:01:07Z");
  const data = { status: "counting", asOf: "2026-11-03T12:00:00Z", pass: "2026-11-03T12:00:00Z" };
  for (const [change, want] of [
    [{}, "Counting · 67 s behind"],
    [{ settled: "" }, "Counting · up to date"],
    [{ pass: "2026-11-03T11:00:00Z" }, "Counting · 67 s behind"], // live figures: newer than the last pass
    [{ asOf: "2026-11-03T10:30:00Z", pass: "2026-11-03T11:00:00Z" }, "Counting · as of 10:30:00 UTC"],
    [{ status: "waiting" }, "Waiting for votes"],
    [{ asOf: "", pass: "" }, "Counting"],
    [{ status: "complete", settled: "" }, "Complete · as of 12:00:00 UTC"],
  ]) assert.equal(chipWords({ ...data, ...change }, now), want);
});

// The same as text_test.go has.
test("each language writes in its way", async () => {
  for (const [code, ...want] of [
    ["de", "1.234 Stimmen", "12,3\u00a0%", "1 Stimme", "2 Stimmen"],
    ["es", "1.234 votos", "12,3\u00a0%", "1 voto", "2 votos"],
    ["ar", "1,234 صوتًا", "12.3%", "صوت واحد", "صوتان"],
    ["en", "1,234 votes", "12.3%", "1 vote", "2 votes"],
  ]) {
    await speak(code);
    assert.deepEqual([text.count(1234, "votes"), text.percent(0.1234), text.count(1, "votes"), text.count(2, "votes")], want, code);
  }
});

test("times are those of the reader's zone", () => {
  const at = "2026-11-03T22:30:09Z";
  for (const [zone, ...want] of [
    ["Asia/Kolkata", "04:00", "04:00:09 GMT+5:30", "4 Nov, 04:00"],
    ["America/New_York", "17:30", "17:30:09 EST", "3 Nov, 17:30"],
    ["UTC", "22:30", "22:30:09 UTC", "3 Nov, 22:30"],
  ]) {
    process.env.TZ = zone;
    assert.deepEqual([text.hhmm(at), text.clock(at), text.timed("date.hour", at)], want);
  }
});

test("edits of a text", () => {
  for (const [from, edits, want] of [
    ["abc", [], "abc"], ["abc", [1, -1, "x"], "axc"], ["abc", [-3], ""], ["", ["x"], "x"], ["a😀c", [1, -2, "😎", 1], "a😎c"],
  ]) assert.equal(patched(from, edits), want);
});
