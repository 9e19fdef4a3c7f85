import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { missingBrowser, openBrowser, visit } from "./browser.ts";
import { openScriptedGateway } from "./scripted-gateway.ts";

setDefaultTimeout(30_000);

describe.skipIf(missingBrowser() !== null)("the weight of the page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  for (const locale of ["en-GB", "zh-CN"]) {
    test(`what a browser fetches to show a chat fits into 60 KB, compressed, in ${locale}`, async () => {
      await using gateway = await openScriptedGateway();
      gateway.seed(["How?", "**So**:\n\n```ts\nconst a = 1;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |"]);
      await using visitor = await visit(browser, gateway.url, { locale });
      const { page } = visitor;
      await page.locator(".markdown table").waitFor();
      await page.waitForLoadState("networkidle");
      const parts = await page.evaluate(() =>
        [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map(
          (entry) => {
            const { name, encodedBodySize, decodedBodySize } = entry as PerformanceResourceTiming;
            return { name, encodedBodySize, decodedBodySize };
          },
        ),
      );
      expect(parts.filter(({ name }) => !name.startsWith(gateway.url))).toEqual([]);
      expect(parts.filter((part) => part.encodedBodySize >= part.decodedBodySize)).toEqual([]);
      const bytes = parts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
      console.log(`the first load of the page: ${bytes} bytes, compressed, in ${locale}`);
      expect(bytes).toBeGreaterThan(40_000);
      expect(bytes).toBeLessThanOrEqual(60_000);
    });
  }
});
