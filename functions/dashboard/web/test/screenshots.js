// Takes the pictures of docs/images.

import { join } from "node:path";
import { Site, test, visit } from "./site.js";

const views = {
  phone: { path: "", viewport: { width: 390, height: 1800 } },
  desk: { path: "", viewport: { width: 1280, height: 1470 } },
  wall: { path: "?view=wall", viewport: { width: 1920, height: 1080 } },
};

test("pictures", async (t) => {
  const site = await Site.make({ minutes: 680 });
  for (const [name, { path, viewport }] of Object.entries(views)) {
    for (const colorScheme of ["light", "dark"]) {
      const page = await visit(t, site.url + path, { viewport, colorScheme, reducedMotion: "reduce" });
      await page.locator('html.live [data-chip][data-state="live"]').waitFor();
      // The wall shows something else in each theme: the map, and the charts.
      if (name === "wall" && colorScheme === "light") {
        await page.keyboard.press("ArrowRight");
        await page.locator('[data-chart="minutes"] svg').waitFor();
      }
      if (name !== "wall") await page.locator('[data-chart="hours"] svg').waitFor();
      await page.screenshot({ path: join(process.env.FOLDER, `${name}-${colorScheme}.png`) });
    }
  }
});
