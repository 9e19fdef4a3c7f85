import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { startHouse } from "../wire/start-house.ts";
import { missingBrowser, openBrowser, visit } from "./browser.ts";
import { newLink } from "./new-link.ts";

setDefaultTimeout(60_000);

describe.skipIf(missingBrowser() !== null)("a link to the page, in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test("opens a protected gateway without asking, leaves the address bar clean, and a reload stays in", async () => {
    await using house = await startHouse({ flags: { token: "open sesame" } });
    const link = await newLink(house);
    await using visitor = await visit(browser, link);
    const { page } = visitor;
    await page.getByText("Hi. I am the built-in helper.").waitFor();
    expect(page.url()).toBe(house.url);
    await page.reload();
    await page.getByText("Hi. I am the built-in helper.").waitFor();
    await page.reload();
    await page.getByText("Hi. I am the built-in helper.").waitFor();
    const kept = await page.evaluate(() => Object.values({ ...sessionStorage }));
    expect(kept.join()).not.toContain(new URL(link).hash.slice(3));
    expect(await page.evaluate(() => Object.values({ ...localStorage }).join())).not.toContain(kept[0]);
    expect(visitor.complaints).toEqual([]);
  });

  test("opens for one visitor only; the next one is asked for the secret", async () => {
    await using house = await startHouse({ flags: { token: "open sesame" } });
    const link = await newLink(house);
    await using first = await visit(browser, link);
    await first.page.getByText("Hi. I am the built-in helper.").waitFor();
    await using second = await visit(browser, link);
    await second.page.getByLabel("Secret").waitFor();
  });
});
