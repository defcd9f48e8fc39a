// The page over the whole chain: the Go test lets a part of the records through
// all stages each time that it is asked to (see local/test/e2e/e2etest/browser.go).

import assert from "node:assert/strict";
import { grouped, says, test, visit } from "./site.js";

test("the page shows what the stages have counted", async (t) => {
  const base = process.env.BASE;
  const page = await visit(t, `${base}/`);
  await says(page, "h1", "No votes counted yet.");
  const seen = [];
  for (let more = true; more; ) {
    const answer = await fetch(`${base}/next`, { method: "POST" });
    assert.equal(answer.status, 200);
    const step = await answer.json();
    more = step.more;
    await says(page, '[data-t="votes"]', grouped(step.votes));
    seen.push(step.votes);
  }
  assert.ok(new Set(seen).size > 2, `the page was to fill in steps, and it showed ${seen}`);
  const results = await (await fetch(`${base}/api/v1/results`)).json();
  await says(page, "h1", results.totals.headline);
  await says(page, '[data-book="votes/accepted"]', grouped(seen.at(-1)));
  assert.equal(await page.locator("[data-alarm]").count(), 0, "the books balance");
  assert.deepEqual(page.wrong, []);
});
