// Votes become seats: who leads for how many, and how far that is from a majority.

import assert from "node:assert/strict";
import { axe } from "./axe.js";
import { Site, fits, says, test, visit } from "./site.js";

// dots is how many seats each path of the arc draws, by candidate; those for which nobody leads are "".
const dots = (page) => page.locator(".arc .dots path").evaluateAll((all) => Object.fromEntries(all.map((path) => [path.dataset.seg ?? "", path.getAttribute("d").split("M").length - 1])));

test("the arc, the table and the sentence say who leads for how many", async (t) => {
  const site = await Site.make({ minutes: 300 });
  const page = await visit(t, site.url);
  await page.locator("html.live").waitFor();
  const check = async (query = "") => {
    const { seats, candidates } = await site.results(query);
    const first = seats.candidates[0];
    const name = candidates.find((c) => c.id === first.id).name;
    await says(page, "[data-t=seats]", new RegExp(`^${name} leads for ${first.seats} electors? of ${seats.total}`));
    const drawn = await dots(page);
    assert.deepEqual(drawn, { ...Object.fromEntries(seats.candidates.map((c) => [c.id, c.seats])), "": seats.open + seats.waiting });
    const rows = await page.locator('[data-list="seats"] tr').evaluateAll((all) => all.map((row) => [row.dataset.key, Number(row.querySelector("[data-f=seats]").dataset.n)]));
    assert.deepEqual(rows, seats.candidates.map((c) => [c.id, c.seats]));
    return seats;
  };
  const before = await check();
  assert.equal(before.total, 538);
  assert.equal(before.majority, 270);
  assert.ok(before.open > 0, "something is too close to say");
  assert.match(await page.getAttribute(".arc svg", "aria-label"), /Too close to say: \d+ electors?\./);
  await site.change({ minutes: 700 });
  const { seats } = await site.results();
  assert.notDeepEqual(seats, before);
  await says(page, '[data-list="seats"] tr:first-child [data-f=seats]', String(seats.candidates[0].seats));
  await check();

  await page.selectOption("[name=region]", "TX");
  await says(page, "[data-t=seats]", /of 40 here\.$/);
  assert.equal((await check("?region=TX")).majority, null);
  assert.equal(await page.locator(".arc .middle").count(), 0);
  const from = await page.locator("[name=from] option").nth(2).getAttribute("value");
  await page.selectOption("[name=from]", from);
  await page.locator("section.seats").waitFor({ state: "hidden" });
  await page.locator("[data-clear]").click();
  await page.locator("section.seats").waitFor();
  await check();
  assert.deepEqual(page.wrong, []);
});

test("650 seats fit every screen, and axe finds nothing", async (t) => {
  const site = await Site.make({ minutes: 900, election: "parliament" });
  for (const [width, colorScheme, lang] of [[390, "light", "en"], [1280, "dark", "de"], [768, "light", "ar"]]) {
    const page = await visit(t, `${site.url}?embed=seats&lang=${lang}`, { viewport: { width, height: 900 }, colorScheme });
    await page.locator("html.live").waitFor();
    assert.equal(await page.locator("main > section:visible").count(), 1);
    const drawn = await dots(page);
    assert.equal(Object.values(drawn).reduce((a, b) => a + b), 650);
    await fits(page);
    assert.deepEqual((await axe(page)).filter((found) => !found.startsWith("page-has-heading-one")), []);
    assert.deepEqual(page.wrong, []);
  }
});
