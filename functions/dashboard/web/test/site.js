// What the browser tests have in common: a browser, and elections of their own,
// which the Go test that runs these files keeps (see browser_test.go).

import { test as nodeTest, after, before } from "node:test";
import { chromium } from "playwright-core";

const base = process.env.BASE;

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
});
after(() => browser?.close());

// Site is one election and its dashboard.
export class Site {
  static async make(election = {}) {
    const id = await ask(`/sites?${new URLSearchParams({ minutes: 0, ...election })}`, "POST");
    return new Site(id);
  }

  constructor(id) {
    this.id = id;
    this.url = `${base}/${id}/`;
  }

  // change changes the election, and waits until the API has what was counted.
  async change(what) {
    await ask(`/sites/${this.id}?${new URLSearchParams(what)}`, "POST");
    if (!what.minutes) return;
    const counted = ({ election, watermark }) => (Date.parse(watermark) - Date.parse(election.opens)) / 60_000;
    await until(async () => {
      const now = counted(await this.results());
      return now === what.minutes || `counted up to minute ${now} of the election, want ${what.minutes}`;
    });
  }

  // asked is which versions streams went on from, and how often the page was asked for.
  asked = async () => JSON.parse(await ask(`/sites/${this.id}`));
  results = async (query = "") => (await fetch(`${this.url}api/v1/results${query}`)).json();
}

// patience bounds what a test waits for, in milliseconds: a busy machine is slow.
const patience = 180_000;

// until asks until the answer is true. Any other answer says what it waits for.
export async function until(done) {
  for (const end = Date.now() + patience; ;) {
    const answer = await done();
    if (answer === true) return;
    if (Date.now() > end) throw new Error(answer);
  }
}

async function ask(path, method = "GET") {
  const answer = await fetch(base + path, { method });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
  return answer.text();
}

// visit opens a page in a context of its own, in UTC wherever the machine stands, and watches for what must not
// happen: errors, and what the Content-Security-Policy has refused. wrong lists
// it.
export async function visit(t, address, options = {}) {
  const { expects = [], ...rest } = options;
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: "UTC", ...rest });
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  page.wrong = [];
  const note = (text) => expects.some((e) => text.includes(e)) || page.wrong.push(text);
  page.on("pageerror", (error) => note(`error: ${error.message}`));
  page.on("console", (message) => message.type() === "error" && note(`console: ${message.text()}`));
  await page.goto(address);
  return page;
}

// says waits until an element says something.
export async function says(page, selector, wanted) {
  try {
    await page.waitForFunction(
      ([selector, source, flags, text]) => {
        const now = document.querySelector(selector)?.textContent ?? "";
        return source === null ? now === text : new RegExp(source, flags).test(now);
      },
      [selector, wanted.source ?? null, wanted.flags ?? "", String(wanted)],
    );
  } catch (error) {
    throw new Error(`${selector} says ${JSON.stringify(await page.textContent(selector))}, want ${wanted}`, { cause: error });
  }
}

export const grouped = (n) => n.toLocaleString("en-US");

export const test = nodeTest;

// fits waits until nothing is wider than the page.
export const fits = (page) => page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);

// overlaps lists the candidates whose name lies over their figures.
export const overlaps = (page) => page.evaluate(() => [...document.querySelectorAll(".candidate")].flatMap((c) => {
  const range = document.createRange();
  range.selectNodeContents(c.querySelector("h3"));
  const [name, figures] = [range.getBoundingClientRect(), c.querySelector(".result").getBoundingClientRect()];
  const over = name.right > figures.left && name.left < figures.right && name.bottom > figures.top && name.top < figures.bottom;
  return over ? [c.dataset.key] : [];
}));
