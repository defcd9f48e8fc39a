// The page fills while votes come in; filters live in the address; it holds
// together without scripts and without a bundle.

import assert from "node:assert/strict";
import { Site, grouped, says, test, visit } from "./site.js";

test("the page fills while votes come in", async (t) => {
  const site = await Site.make();
  const page = await visit(t, site.url);
  await says(page, "h1", "No votes counted yet.");
  assert.equal(await page.locator(".racebar").isVisible(), false);
  assert.equal(await page.locator("a.tile").count(), 51);

  await site.change({ minutes: 120 });
  await says(page, "h1", /^(Too close to say who leads|.* leads by .*); turnout \d+% so far\.$/);
  const first = await site.results();
  await says(page, '[data-t="votes"]', grouped(first.totals.votes));
  assert.equal(await page.locator(".candidate").count(), 5);
  assert.equal(await page.locator(".candidate img").count(), 5);
  for (const chart of ["minutes", "shares", "hours"]) {
    await page.locator(`[data-chart="${chart}"] svg[role="img"]`).waitFor();
  }

  await site.change({ minutes: 180 });
  const second = await site.results();
  assert.ok(second.totals.votes > first.totals.votes);
  await says(page, '[data-t="votes"]', grouped(second.totals.votes));
  const leader = second.candidates[0];
  await says(page, ".candidate:first-child [data-f=votes]", `${grouped(leader.votes)} votes`);
  await says(page, '[data-book="votes/records"]', grouped(second.books.records));
  assert.equal(await page.locator('[data-list="hourly"] tr').count(), second.hourly.length);
  assert.deepEqual(page.wrong, []);
});

test("with scripts the page says what it says without", async (t) => {
  const site = await Site.make({ minutes: 400 });
  const read = async (address) => {
    const texts = [];
    for (const javaScriptEnabled of [false, true]) {
      const page = await visit(t, address, { javaScriptEnabled });
      if (javaScriptEnabled) await page.locator("html.live").waitFor();
      texts.push(await page.evaluate(() => {
        const gone = "template, select, [data-submit], .reading";
        const main = document.querySelector("main").cloneNode(true);
        for (const element of main.querySelectorAll(gone)) element.remove();
        const said = [...main.querySelectorAll("[data-key], h1, h3, dd, td, th, p, a, li")]
          .map((e) => e.textContent.replace(/\s+/g, " ").trim());
        const drawn = [...main.querySelectorAll("svg a, svg rect, svg.mark, use, .chart svg, .chart path, .chart text")]
          .map((e) => ["href", "aria-label", "transform", "class", "color", "x", "y", "width", "viewBox", "d"].map((a) => e.getAttribute(a)).join(" "));
        return [...said, ...drawn];
      }));
    }
    assert.deepEqual(texts[1], texts[0]);
  };
  await read(site.url);
  await read(`${site.url}?region=TX`);
});

test("filters work, live in the address and come back with it", async (t) => {
  const site = await Site.make({ minutes: 400 });
  const page = await visit(t, site.url);
  const whole = (await site.results()).totals;
  await page.locator("html.live").waitFor();

  await page.selectOption("[name=region]", "TX");
  const texas = (await site.results("?region=TX")).totals;
  await says(page, '[data-t="votes"]', grouped(texas.votes));
  await says(page, "h1", texas.headline);
  await says(page, "[data-kicker]", "Texas");
  assert.match(page.url(), /\?region=TX$/);
  assert.match(await page.getAttribute('[data-source="candidates"] [data-f="csv"]', "href"), /region=TX/);

  await page.goBack();
  await says(page, '[data-t="votes"]', grouped(whole.votes));
  await page.locator('a.tile[data-key="CA"]').click();
  await says(page, "[data-kicker]", "California"); // also while the figures are on their way
  await page.locator('a.tile[data-key="CA"][aria-current="true"]').waitFor();
  await page.locator("[data-clear]").click();
  await says(page, "[data-kicker]", "All regions");

  await page.selectOption("[name=group]", "age:18-24");
  await page.waitForFunction(() => document.querySelectorAll('[data-list="age"] tr').length === 1);
  await page.goBack();
  await page.waitForFunction(() => document.querySelectorAll('[data-list="age"] tr').length > 1);

  const from = await page.locator("[name=from] option").nth(2).getAttribute("value");
  await page.selectOption("[name=from]", from);
  const later = (await site.results(`?from=${from}`)).totals;
  await says(page, '[data-t="votes"]', grouped(later.votes));
  assert.ok(later.votes < whole.votes);

  const shared = await visit(t, page.url(), { javaScriptEnabled: false });
  await says(shared, '[data-t="votes"]', grouped(later.votes));
  assert.deepEqual(page.wrong, []);
});

test("the figures of one filter don't stand under the name of another", async (t) => {
  const site = await Site.make({ minutes: 400 });
  const page = await visit(t, site.url);
  await page.locator("html.live").waitFor();
  const seen = (selector) => page.locator(selector).evaluate((e) => e.checkVisibility({ opacityProperty: true }));
  const focused = () => page.evaluate(() => document.activeElement.dataset.key);
  await page.context().setOffline(true);
  await page.locator('a.tile[data-key="TX"]').press("Enter");
  await says(page, "h1", "Waiting for the figures: Texas");
  await says(page, "[data-kicker]", "Texas");
  assert.equal(await seen('[data-t="votes"]'), false);
  assert.equal(await seen('[data-list="hourly"]'), false);
  assert.equal(await focused(), "TX", "the focus stays while the figures are on their way");
  await page.context().setOffline(false);
  const texas = (await site.results("?region=TX")).totals;
  await says(page, "h1", texas.headline);
  assert.equal(await seen('[data-t="votes"]'), true);
  assert.equal(await focused(), "TX", "the focus stays");
  assert.equal(await page.title(), "Texas · Simulated election · Tallystream");
  assert.equal(await page.getAttribute('meta[name="description"]', "content"), `Texas: ${texas.headline}`);
  assert.equal(await page.getAttribute('link[rel="canonical"]', "href"), "?region=TX");
});

test("without scripts the page is whole, and its form filters", async (t) => {
  const site = await Site.make({ minutes: 400 });
  const page = await visit(t, site.url, { javaScriptEnabled: false });
  const all = await site.results();
  await assert.doesNotReject(page.getByText(all.totals.headline).first().waitFor());
  assert.equal(await page.locator("a.tile").count(), 51);
  await page.locator("#hours-table summary").click();
  assert.equal(await page.locator("#hours-table tbody tr").count(), all.hourly.length);
  await page.selectOption("[name=region]", "NY");
  await page.locator("[data-submit]").click();
  assert.equal(await page.textContent("h1"), (await site.results("?region=NY")).totals.headline);
  assert.deepEqual(page.wrong, []);
});

test("without a bundle the page is live, with its charts", async (t) => {
  const site = await Site.make({ minutes: 200, bundle: "no" });
  const page = await visit(t, site.url);
  await page.locator("html.live").waitFor();
  await site.change({ minutes: 240 });
  await says(page, '[data-t="votes"]', grouped((await site.results()).totals.votes));
  assert.equal(await page.locator('.chart svg[role="img"]').count(), 3);
  assert.deepEqual(page.wrong, []);
});

test("a chart says what it shows at the pointer, and goes on saying it while it grows", async (t) => {
  const site = await Site.make({ minutes: 400 });
  const page = await visit(t, site.url);
  await page.locator("html.live").waitFor();
  for (const [chart, want] of [["hours", /^\d\d:00 · [\d,]+ votes · /], ["shares", /^\d\d:\d\d · \w+ \d+\.\d% · /], ["minutes", /^\d\d:\d\d · \d+ votes?( · |$)/]]) {
    const box = page.locator(`[data-chart="${chart}"]`);
    await box.locator('svg[role="img"]').hover();
    assert.match(await box.locator(".reading").textContent(), want, chart);
    assert.equal(await box.locator(".cursor").getAttribute("visibility"), "visible");
  }
  assert.equal(await page.locator('[data-chart="hours"] .reading').textContent(), "", "the pointer is elsewhere");
  const minutes = page.locator('[data-chart="minutes"]');
  const [said, drawn] = [await minutes.locator(".reading").textContent(), await minutes.locator(".open").getAttribute("d")];
  await site.change({ minutes: 401 });
  await page.waitForFunction((before) => document.querySelector('[data-chart="minutes"] .open').getAttribute("d") !== before, drawn);
  assert.equal(await minutes.locator(".reading").textContent(), said);
});

test("words of a chart lie beside one another, however wide it is", async (t) => {
  for (const election of ["states", "parliament"]) {
    const site = await Site.make({ minutes: 700, ...(election === "states" ? {} : { election }) });
    const page = await visit(t, site.url, { javaScriptEnabled: false });
    for (const width of [320, 480, 720, 1000, 1600]) {
      await page.setViewportSize({ width, height: 900 });
      const over = await page.locator("[data-chart]").evaluateAll((charts) => charts.flatMap((chart) => {
        const boxes = (selector) => [...chart.querySelectorAll(selector)].map((e) => [e.textContent, e.getBoundingClientRect()]).filter(([, box]) => box.width);
        const wrong = [];
        const times = boxes(".time");
        if (times.length === 0) wrong.push("no times");
        times.forEach(([text, box], i) => { if (i && box.left < times[i - 1][1].right) wrong.push(`${times[i - 1][0]} and ${text}`); });
        const figure = chart.closest("figure").getBoundingClientRect();
        for (const [text, box] of boxes(".figure, .at .label")) if (box.left < figure.left - 1 || box.right > figure.right + 1) wrong.push(`${text} lies outside`);
        return wrong.map((what) => `${chart.dataset.chart}: ${what}`);
      }));
      assert.deepEqual(over, [], `${election}, ${width} wide`);
    }
  }
});

test("every source link leads to its table", async (t) => {
  const site = await Site.make({ minutes: 400 });
  const page = await visit(t, `${site.url}?region=TX`);
  await page.locator("html.live").waitFor();
  const links = await page.locator(".sources a").evaluateAll((all) => all.map((a) => a.href));
  assert.ok(links.length >= 8 * 2 + 1, `${links.length} links`);
  for (const link of new Set(links)) assert.equal((await fetch(link)).status, 200, link);
  const headed = await page.locator("main > section").count();
  assert.equal(await page.locator("main > section:has(.sources)").count(), headed);
});
