// The connection drops and resumes, is refused, or leads to a warehouse that
// fails; what is said aloud; and nothing jumps.

import assert from "node:assert/strict";
import { Site, grouped, says, test, visit } from "./site.js";

const votes = '[data-t="votes"]';
const now = async (site) => grouped((await site.results()).totals.votes);

test("a stream that breaks goes on where it was", async (t) => {
  const site = await Site.make({ minutes: 200 });
  const page = await visit(t, site.url, { expects: ["net::ERR"] });
  await says(page, votes, await now(site));
  await says(page, "[data-chip]", /^Counting/);
  const version = (await site.results()).version;
  await site.change({ drop: "yes" });
  await site.change({ minutes: 220 });
  await says(page, votes, await now(site));
  const { resumed } = await site.asked();
  assert.ok(resumed[1] === version, `streams went on from ${JSON.stringify(resumed)}, want ${version}`);
  assert.deepEqual(page.wrong, []);
});

test("changes come by the stream, and the page isn't fetched again", async (t) => {
  const site = await Site.make({ minutes: 200 });
  const page = await visit(t, site.url);
  await page.locator("html.live").waitFor();
  const show = async (minutes) => {
    await site.change({ minutes });
    await says(page, votes, await now(site));
  };
  await show(210); // a browser that hasn't kept the page asks for it once more
  const { pages } = await site.asked();
  assert.ok(pages <= 2, `the page was asked for ${pages} times`);
  for (const minutes of [220, 230, 240]) await show(minutes);
  const fresh = await (await fetch(site.url, { headers: { "Accept-Language": "en-US" } })).text();
  const shown = await page.evaluate((html) => {
    const rows = (document) => [...document.querySelectorAll('[data-list="hourly"] td.n')].map((cell) => cell.textContent);
    return [rows(document), rows(new DOMParser().parseFromString(html, "text/html"))];
  }, fresh);
  assert.deepEqual(shown[0], shown[1]);
  assert.equal((await site.asked()).pages, pages + 1, "since the first change the page was asked for by this test only");
  assert.deepEqual(page.wrong, []);
});

test("where streams are refused the page asks", async (t) => {
  const site = await Site.make({ minutes: 200 });
  await site.change({ refuse: "yes" });
  const page = await visit(t, site.url, { expects: ["503"] });
  await page.locator("html.live").waitFor();
  await site.change({ minutes: 230 });
  await says(page, votes, await now(site));
  assert.deepEqual(page.wrong, []);
});

test("old figures stay, and are called stale", async (t) => {
  const site = await Site.make({ minutes: 200 });
  const page = await visit(t, site.url);
  const before = await now(site);
  await says(page, votes, before);
  await site.change({ fail: "yes" });
  await says(page, "[data-chip]", /^Stale since \d\d:\d\d:\d\d UTC$/);
  await says(page, votes, before);
  await site.change({ fail: "no", minutes: 260 });
  await says(page, "[data-chip]", /^Counting/);
  await says(page, votes, await now(site));
  assert.deepEqual(page.wrong, []);
});

test("where there is nothing to show an error page says so", async (t) => {
  const site = await Site.make();
  await site.change({ fail: "yes" });
  const page = await visit(t, site.url, { expects: ["503"] });
  await says(page, "main", /can't be read at the moment/);
  assert.deepEqual(page.wrong, []);
});

test("the headline is said when its meaning changes, and not more often than every 15 seconds", async (t) => {
  const site = await Site.make({ minutes: 100 });
  const page = await visit(t, "about:blank");
  await page.clock.install();
  await page.goto(site.url);
  await says(page, votes, await now(site));
  const spoken = () => page.textContent("[data-live]");
  assert.equal(await spoken(), "", "the page is read anyway");

  const before = await page.evaluate(() => performance.now());
  await site.change({ minutes: 300 });
  await says(page, votes, await now(site));
  await page.clock.runFor(100);
  const first = (await site.results()).totals.headline;
  assert.equal(await spoken(), first);

  await site.change({ minutes: 500 });
  const second = (await site.results()).totals.headline;
  await says(page, "h1", second);
  assert.notEqual(second, first);
  const [said, at] = await page.evaluate(() => [document.querySelector("[data-live]").textContent, performance.now()]);
  assert.ok(said === first || at - before >= 15_000, "it was said too soon"); // on a busy machine it may be time
  await page.clock.runFor(16_000);
  await says(page, "[data-live]", second);

  await site.change({ minutes: 501 }); // nothing that a listener would want to know
  await says(page, votes, await now(site));
  await page.clock.runFor(40_000);
  assert.equal(await spoken(), second);
  assert.deepEqual(page.wrong, []);
});

test("what the reader has done stays when figures change", async (t) => {
  const site = await Site.make({ minutes: 300 });
  const page = await visit(t, site.url, { viewport: { width: 1280, height: 700 } });
  await page.locator("html.live").waitFor();
  await page.locator("#regions-table summary").click();
  await page.locator('[data-list="closest"] a').first().focus();
  const before = await page.evaluate(() => {
    document.querySelector("#regions-table .scroll").scrollTop = 120;
    scrollTo(0, 500);
    for (const line of document.querySelectorAll("main [data-key], main [data-seg], main section")) line.known = true;
    return { focus: document.activeElement.closest("[data-key]").dataset.key, chart: document.querySelector(".chart svg").outerHTML };
  });
  await site.change({ minutes: 420 });
  await says(page, votes, await now(site));
  const after = await page.evaluate((key) => ({
    open: document.querySelector("#regions-table").open,
    scroll: [document.querySelector("#regions-table .scroll").scrollTop, scrollY],
    focus: document.activeElement.closest("[data-key]")?.dataset.key ?? document.activeElement.className,
    still: Boolean(document.querySelector(`[data-list="closest"] [data-key="${key}"]`)),
    anew: [...document.querySelectorAll("main [data-key], main [data-seg], main section")]
      .filter((line) => !line.known && !line.closest("#minutes-table, #hours-table, #shares-table, [data-list=closest], .late")).map((line) => line.outerHTML.slice(0, 80)),
    chart: document.querySelector(".chart svg").outerHTML,
  }), before.focus);
  assert.equal(after.open, true);
  assert.deepEqual(after.scroll, [120, 500]);
  if (after.still) assert.equal(after.focus, before.focus);
  assert.deepEqual(after.anew, [], "lines that were there are the same elements");
  assert.notEqual(after.chart, before.chart, "the chart goes on");
  assert.deepEqual(page.wrong, []);
});

test("a page is loaded anew when the program behind it has changed", async (t) => {
  const site = await Site.make({ minutes: 200 });
  const page = await visit(t, "about:blank");
  await page.clock.install();
  const began = Date.now();
  await page.goto(site.url);
  await page.locator("html.live").waitFor();
  const loadedAnew = () => page.evaluate(() => document.body.dataset.app !== "another.js");
  await page.evaluate(() => (document.body.dataset.app = "another.js"));
  await site.change({ minutes: 240 });
  await says(page, votes, await now(site));
  const early = !(await loadedAnew()) || Date.now() - began >= 60_000; // a busy machine may take as long
  assert.ok(early, "instances of both programs may answer in turn");
  await page.clock.runFor(60_000);
  await site.change({ minutes: 260 });
  await page.waitForFunction(() => document.body.dataset.app !== "another.js");
  await says(page, votes, await now(site));
  assert.deepEqual(page.wrong, []);
});

test("nothing jumps when figures change", async (t) => {
  const site = await Site.make({ minutes: 300 });
  const page = await visit(t, site.url);
  await page.locator("html.live").waitFor();
  await page.evaluate(() => {
    window.shifts = [];
    new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((e) => e.value))).observe({ type: "layout-shift" });
  });
  for (const minutes of [304, 308, 420, 700]) { // other words in the headline, too
    await site.change({ minutes });
    await says(page, votes, await now(site));
  }
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const shifts = await page.evaluate(() => window.shifts);
  assert.ok(shifts.reduce((a, b) => a + b, 0) < 0.02, `layout shifts: ${shifts}`);
});
