// Elections of other kinds: areas of regions with pages of their own, a question with what its
// answer needs, and a comparison with last time.

import assert from "node:assert/strict";
import { axe } from "./axe.js";
import { Site, fits, grouped, says, test, visit } from "./site.js";

test("an area has a page of its own, with its regions only", async (t) => {
  const site = await Site.make({ minutes: 500, election: "parliament" });
  const page = await visit(t, site.url);
  await page.locator("html.live").waitFor();
  const { areas, regions } = await site.results();
  assert.equal(await page.locator('[data-list="areas"] tr').count(), areas.length);
  assert.equal(await page.locator("a.tile").count(), 650);
  const area = areas.find((a) => a.id === "islands");
  await page.locator('[data-list="areas"] a', { hasText: area.name }).click();
  await says(page, '[data-t="votes"]', grouped(area.voted));
  assert.equal(await page.textContent("[data-kicker]"), area.name);
  assert.match(await page.title(), new RegExp(`^${area.name} · `));
  assert.match(page.url(), /\?region=islands$/);
  await page.waitForFunction((n) => document.querySelectorAll("a.tile").length === n, area.regions);
  assert.equal((await site.results("?region=islands")).seats.total, area.seats);

  const region = regions.find((g) => g.parent === "islands");
  await page.selectOption("[name=region]", region.state);
  await says(page, "[data-kicker]", `${region.name} · ${area.name}`);
  await says(page, '[data-t="votes"]', grouped(region.voted));
  assert.equal(await page.locator("a.tile").count(), area.regions);
  assert.equal(await page.locator('a.tile[aria-current="true"]').getAttribute("data-key"), region.state);
  await page.locator(".trail a", { hasText: area.name }).click();
  await says(page, "[data-kicker]", area.name);
  await page.locator(".trail a").first().click();
  await says(page, "[data-kicker]", "All regions");
  await page.locator(".trail").waitFor({ state: "hidden" });
  const without = await visit(t, site.url, { javaScriptEnabled: false });
  await without.selectOption("[name=region]", "islands");
  await without.locator("[data-submit]").click();
  assert.equal(await without.textContent("h1"), (await site.results("?region=islands")).totals.headline);
  assert.deepEqual(page.wrong, []);
});

test("a question says how far its answer is from what it needs", async (t) => {
  const site = await Site.make({ minutes: 200, election: "referendum" });
  const page = await visit(t, site.url);
  await page.locator("html.live").waitFor();
  const check = async () => {
    const { referendum, totals } = await site.results();
    await says(page, '[data-t="votes"]', grouped(totals.votes));
    for (const { kind, state } of referendum.conditions) await page.locator(`.conditions [data-key="${kind}"][data-state="${state}"]`).waitFor();
    const turnout = referendum.conditions.find((c) => c.kind === "turnout");
    await says(page, '.conditions [data-key="turnout"] [data-f=says]', turnout.state === "met" ? /: reached so far$/ : new RegExp(`: ${grouped(turnout.missing)} votes? short so far$`));
    return turnout.state;
  };
  assert.equal(await page.textContent("[data-t=question]"), (await site.results()).referendum.question);
  for (const section of [".race", ".where", ".when"]) assert.doesNotMatch(await page.locator(section).innerText(), /candidate/i);
  assert.equal(await check(), "unmet");
  await site.change({ minutes: 1000 });
  assert.equal(await check(), "met");
  await page.selectOption("[name=region]", "PO");
  await page.locator(".conditions").waitFor({ state: "hidden" });
  assert.deepEqual(page.wrong, []);
});

test("shares are compared with last time, in every language", async (t) => {
  const site = await Site.make({ minutes: 640, election: "mayor" });
  const { candidates, last } = await site.results();
  for (const [lang, since] of [["en", "since 2021"], ["de", "seit 2021"], ["es", "desde 2021"], ["ar", "منذ 2021"]]) {
    const page = await visit(t, `${site.url}?lang=${lang}`);
    await page.locator("html.live").waitFor();
    for (const c of candidates) {
      const said = page.locator(`.candidates [data-key="${c.id}"] .change`);
      if (c.last_share === undefined) {
        assert.equal(await said.count(), 0, `${c.id} didn't stand`);
        continue;
      }
      const text = (await said.textContent()).replace(/[\u2066-\u2069\u200e\u200f]/g, "");
      assert.ok(text.includes(since), text);
      assert.ok(text.includes(c.share > c.last_share ? "▲" : "▼"), text);
    }
    assert.match(await page.textContent('[data-t="last.turnout"]'), new RegExp(String(Math.floor(last.turnout * 100))));
    assert.deepEqual(page.wrong, []);
  }
});

test("the map is tiles, hexagons or outlines: by link, by keyboard, by address, and remembered", async (t) => {
  const site = await Site.make({ minutes: 300, election: "mayor" });
  const page = await visit(t, "about:blank");
  const asked = [];
  page.on("request", (request) => request.url().includes("/static/outlines.") && asked.push(request.url()));
  await page.goto(site.url);
  await page.locator("html.live").waitFor();
  const shows = (kind) => page.locator(`.map[data-map="${kind}"] [data-choose="${kind}"][aria-current="true"]`).waitFor();
  const drawn = () => page.locator("[data-outline][d]").evaluateAll((all) => all.filter((path) => path.getBBox().width > 100).length);
  await shows("outlines"); // the election file says so
  await page.locator("[data-outline][d]").first().waitFor();
  assert.equal(await drawn(), 5);
  await page.locator('a.tile[data-key="OT"]').focus();
  for (const [key, at] of [["ArrowRight", "PO"], ["ArrowDown", "NF"], ["ArrowLeft", "RB"], ["ArrowLeft", "HI"]]) {
    await page.keyboard.press(key);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.key), at, key);
  }
  await site.change({ minutes: 340 });
  await says(page, '[data-t="votes"]', grouped((await site.results()).totals.votes));
  assert.equal(await drawn(), 5, "a change leaves the outlines as they are");

  const small = await page.locator(".maps a").evaluateAll((all) => all.map((a) => a.getBoundingClientRect()).filter((box) => Math.min(box.width, box.height) < 44).length);
  assert.equal(small, 0, "a choice has 44 pixels");
  await page.locator('[data-choose="hexagons"]').focus();
  await page.keyboard.press("Enter");
  await shows("hexagons");
  assert.match(page.url(), /\?map=hexagons$/);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.choose), "hexagons", "the focus stays");
  await page.locator('a.tile[data-key="HI"]').press("Enter");
  await says(page, "[data-kicker]", "Hillside");
  await shows("hexagons");

  await page.goto(site.url);
  await shows("hexagons"); // is remembered
  await page.locator('[data-choose="outlines"]').click();
  await shows("outlines");
  assert.equal(await drawn(), 5);
  assert.equal(new Set(asked).size, 1, `one asset: ${asked}`);
  const asset = await fetch(asked[0]);
  assert.match(asset.headers.get("cache-control"), /immutable/);
  assert.deepEqual(Object.keys(await asset.json()).sort(), ["HI", "NF", "OT", "PO", "RB"]);

  await page.goto(`${site.url}?embed=where&map=tiles`);
  await shows("tiles");
  assert.equal(await page.locator("a.tile rect.fill").count(), 5);
  const without = await visit(t, `${site.url}?map=hexagons`, { javaScriptEnabled: false });
  await without.locator('.map[data-map="hexagons"] a.tile path.fill').first().waitFor();
  await without.locator('[data-choose="outlines"]').click();
  await without.locator(".scriptless:visible").waitFor();
  const other = await fetch(`${site.url}?map=globe`);
  assert.equal(other.status, 400);
  assert.match(await other.text(), /use one of outlines, tiles, hexagons/);
  assert.deepEqual(page.wrong, []);
});

test("every kind fits every screen, and axe finds nothing", async (t) => {
  for (const [election, query, viewport, options] of [
    ["mayor", "", { width: 390, height: 900 }, {}],
    ["mayor", "?map=hexagons&lang=ar", { width: 390, height: 900 }, { colorScheme: "dark" }],
    ["mayor", "?region=PO", { width: 1280, height: 900 }, { colorScheme: "dark" }],
    ["referendum", "", { width: 390, height: 900 }, { colorScheme: "dark" }],
    ["referendum", "?lang=ar", { width: 1024, height: 900 }, {}],
    ["council", "", { width: 768, height: 900 }, {}],
    ["parliament", "?region=capital", { width: 390, height: 900 }, {}],
    ["parliament", "?region=K001&lang=de", { width: 768, height: 900 }, { colorScheme: "dark" }],
  ]) {
    const site = await Site.make({ minutes: 500, election });
    const page = await visit(t, site.url + query, { viewport, ...options });
    await page.locator("html.live").waitFor();
    await fits(page);
    assert.deepEqual(await axe(page), [], election + query);
    assert.deepEqual(page.wrong, [], election + query);
  }
});
