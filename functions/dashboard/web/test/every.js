// Takes pictures of every election at five widths, in both themes and two languages, to look at: of
// the whole page, or of what SECTION selects. With SHEETS, a folder, the tops of those of an election and
// a language come onto one sheet there.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Site, test, visit } from "./site.js";

const elections = {
  states: { minutes: 680 },
  parliament: { minutes: 900, election: "parliament" },
  mayor: { minutes: 640, election: "mayor" },
  council: { minutes: 640, election: "council" },
  referendum: { minutes: 640, election: "referendum" },
};
const widths = [390, 768, 1024, 1280, 1920];
const languages = ["en", "ar"];
const themes = ["light", "dark"];
// How wide a picture is on a sheet, and how high the part of it: in pixels.
const columns = { 390: 250, 768: 310, 1024: 360, 1280: 420, 1920: 560 };
const top = 760;
const wanted = new RegExp(process.env.PICTURES ?? "^(states|parliament|mayor)-");

for (const [name, election] of Object.entries(elections)) {
  test(name, async (t) => {
    let site;
    for (const width of widths) for (const colorScheme of themes) for (const lang of languages) {
      const picture = `${name}-${width}-${colorScheme}-${lang}`;
      if (!wanted.test(picture)) continue;
      site ??= await Site.make(election);
      const page = await visit(t, `${site.url}?lang=${lang}`, { viewport: { width, height: 1000 }, colorScheme, reducedMotion: "reduce" });
      await page.locator('html.live [data-chip][data-state="live"]').waitFor();
      const path = join(process.env.FOLDER, `${picture}.png`);
      if (process.env.SECTION) await page.locator(process.env.SECTION).screenshot({ path });
      else await page.screenshot({ path, fullPage: true });
      await page.context().close();
    }
    if (process.env.SHEETS && site) for (const lang of languages) await sheet(t, name, lang);
  });
}

// What the page looks like that isn't counting: PICTURES=^state-
const states = {
  waiting: {}, delayed: { minutes: 640, state: "delayed" }, catching: { minutes: 640, state: "catching" },
  complete: { minutes: 900, state: "complete" }, certified: { minutes: 900, state: "certified" }, stale: { minutes: 640, fail: "yes" }, error: { fail: "yes" },
};
for (const [name, change] of Object.entries(states)) {
  test(`state ${name}`, async (t) => {
    for (const width of [320, 768, 1280]) for (const colorScheme of themes) for (const lang of ["en", "de", "ar"]) for (const media of ["screen", "print"]) {
      const picture = `state-${name}-${width}-${colorScheme}-${lang}-${media}`;
      if (!wanted.test(picture)) continue;
      const site = await Site.make({ election: "mayor" });
      if (change.minutes) await site.change({ minutes: change.minutes, state: change.state ?? "" });
      if (change.fail && !change.minutes) await site.change(change);
      const page = await visit(t, `${site.url}?lang=${lang}`, { viewport: { width, height: 1000 }, colorScheme, reducedMotion: "reduce", expects: ["503"] });
      if (name !== "error") await page.locator("html.live").waitFor();
      if (name === "stale") {
        await site.change({ fail: "yes" });
        await page.locator('[data-chip][data-state="stale"]').waitFor();
      }
      await page.emulateMedia({ media });
      await page.screenshot({ path: join(process.env.FOLDER, `${picture}.png`), fullPage: true });
      await page.context().close();
    }
  });
}

// sheet puts the pictures of an election in a language onto one, a row for each theme.
async function sheet(t, name, lang) {
  const picture = async (width, theme) => {
    const png = await readFile(join(process.env.FOLDER, `${name}-${width}-${theme}-${lang}.png`), "base64");
    return `<img src="data:image/png;base64,${png}" style="width:${columns[width]}px;height:${top}px;object-fit:cover;object-position:top">`;
  };
  const rows = await Promise.all(themes.map(async (theme) => (await Promise.all(widths.map((width) => picture(width, theme)))).join("")));
  const page = await visit(t, "about:blank", { viewport: { width: 2000, height: 100 } });
  await page.setContent(`<body style="margin:0;background:#888">${rows.map((r) => `<div style="display:flex;gap:16px;padding:16px">${r}</div>`).join("")}</body>`);
  await page.screenshot({ path: join(process.env.SHEETS, `${name}-${lang}.jpg`), type: "jpeg", quality: 82, fullPage: true });
  await page.context().close();
}
