// The page speaks the reader's language, in the reader's time zone, from either side.

import assert from "node:assert/strict";
import { axe } from "./axe.js";
import { Site, fits, grouped, says, test, visit } from "./site.js";

const heads = { de: "Wo", es: "Dónde", ar: "أين", en: "Where" };

test("the browser's language, or that of the address", async (t) => {
  const site = await Site.make({ minutes: 400 });
  for (const [locale, query, code] of [["de-AT", "", "de"], ["fr-FR", "", "en"], ["de-DE", "?lang=es", "es"], ["en-US", "?lang=ar", "ar"]]) {
    const page = await visit(t, site.url + query, { locale });
    await page.locator("html.live").waitFor();
    assert.equal(await page.getAttribute("html", "lang"), code);
    assert.equal(await page.getAttribute("html", "dir"), code === "ar" ? "rtl" : "ltr");
    assert.equal(await page.textContent("#where"), heads[code]);
    assert.deepEqual(page.wrong, []);
  }
  const refused = await fetch(`${site.url}?lang=xx`);
  assert.equal(refused.status, 400);
  assert.match(await refused.text(), /use en, de, es, ar/);
  assert.match((await fetch(site.url)).headers.get("vary"), /Accept-Language/);
});

test("what is live stays in the language, and so do filters", async (t) => {
  const site = await Site.make({ minutes: 400 });
  const page = await visit(t, `${site.url}?lang=de`);
  await page.locator("html.live").waitFor();
  await site.change({ minutes: 420 });
  const { totals } = await site.results();
  await says(page, '[data-t="votes"]', totals.votes.toLocaleString("de"));
  await says(page, "h1", /Wahlbeteiligung/);
  await says(page, "[data-chip]", /^Auszählung läuft · /);
  await page.selectOption("[name=region]", "TX");
  await says(page, "h1", /Wahlbeteiligung/);
  assert.match(page.url(), /lang=de/);
  assert.match(page.url(), /region=TX/);
  await page.locator("[data-clear]").click();
  await says(page, "[data-kicker]", "Alle Regionen");
  await page.locator('[data-language][lang="es"]').click();
  await says(page, "#where", "Dónde");
  const without = await visit(t, `${site.url}?lang=de`, { javaScriptEnabled: false });
  await without.selectOption("[name=region]", "NY");
  await without.locator("[data-submit]").click();
  assert.match(without.url(), /lang=de/);
  assert.equal(await without.textContent("#where"), "Wo");
  assert.deepEqual(page.wrong, []);
});

test("times are those of the reader's zone", async (t) => {
  const site = await Site.make({ minutes: 400 });
  const page = await visit(t, site.url, { timezoneId: "Asia/Kolkata" });
  await page.locator("html.live").waitFor();
  const local = (time) => new Date(Date.parse(time) + 330 * 60_000).toISOString().slice(11, 16);
  const check = async (query) => {
    const { watermark, hourly } = await site.results(query);
    assert.ok((await page.textContent('[data-t="watermark"]')).endsWith(`, ${local(watermark)} GMT+5:30`));
    assert.ok((await page.textContent('[data-list="hourly"] tr:first-child time')).endsWith(`, ${local(hourly[0].hour)}`));
    assert.equal(await page.textContent("[data-zone]"), "Times are GMT+5:30.");
  };
  await check("");
  await page.selectOption("[name=region]", "TX"); // a page that takes the place of this one
  await page.locator('a.tile[data-key="TX"][aria-current="true"]').waitFor();
  await check("?region=TX");
  const from = await page.locator("[name=from] option").nth(2).getAttribute("value");
  await page.selectOption("[name=from]", from);
  await page.waitForFunction((votes) => document.querySelector('[data-t="votes"]').textContent === votes, grouped((await site.results(`?region=TX&from=${from}`)).totals.votes));
  assert.match(await page.textContent("[data-kicker]"), new RegExp(`^Texas · .*${local(from)} to now$`));
});

test("from right to left: axe finds nothing, and nothing is wider than the screen", async (t) => {
  const site = await Site.make({ minutes: 400 });
  for (const [width, height] of [[390, 800], [1280, 900]]) {
    const page = await visit(t, `${site.url}?lang=ar`, { viewport: { width, height } });
    await page.locator("html.live").waitFor();
    assert.deepEqual(await axe(page), []);
    const ends = await page.evaluate(() => ["h1", ".brand", ".candidate h3", "#where"].map((selector) => {
      const range = document.createRange();
      range.selectNodeContents(document.querySelector(selector));
      const box = range.getBoundingClientRect();
      return box.right > innerWidth / 2 && box.left >= 0;
    }));
    assert.deepEqual(ends, [true, true, true, true], "text begins at the right");
    await fits(page);
    const first = await page.evaluate(() => document.querySelector(".racebar [data-seg]").getBoundingClientRect().right);
    assert.ok(first > width / 2, "the bar begins at the right");
    assert.deepEqual(page.wrong, []);
  }
});

test("how a delayed count stands fits the narrowest phone, and isn't green", async (t) => {
  const site = await Site.make({ election: "mayor" });
  await site.change({ minutes: 640, state: "delayed" });
  for (const lang of ["en", "ar"]) {
    const page = await visit(t, `${site.url}?lang=${lang}`, { viewport: { width: 320, height: 640 } });
    await page.locator('html.live [data-chip][data-status="delayed"][data-state="live"]').waitFor();
    await fits(page);
    const [dot, alarm] = await page.evaluate(() => [
      getComputedStyle(document.querySelector("[data-chip]"), "::before").backgroundColor, getComputedStyle(document.querySelector("[data-standing]")).color]);
    assert.equal(dot, alarm);
    if (lang === "ar") assert.match(await page.textContent("[data-standing]"), /منذ \u2068\d+ [^\u2068]+ \d{4}، \d\d:\d\d \u2068UTC\u2069\u2069/);
    await page.context().close();
  }
});
