import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { startTelegram } from "../fakes/telegram.ts";
import { startModelHouse } from "../wire/model-house.ts";
import { missingBrowser, openBrowser, visit } from "./browser.ts";
import { tooSmall, tooWide, violations } from "./inspect.ts";
import { newLink } from "./new-link.ts";

setDefaultTimeout(90_000);

/** Where pictures of every state are put, for whoever wants to look at them. */
const pictures = process.env.MOLTBOT_PAGE_PICTURES;

const longName = "Somebody-with-a-rather-long-name-that-fits-nowhere ".repeat(2).trim();

describe.skipIf(missingBrowser() !== null)("how messaging apps look", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  for (const [locale, colorScheme, width] of [
    ["en-GB", "light", 1100],
    ["en-GB", "dark", 320],
    ["zh-CN", "dark", 1100],
    ["zh-CN", "light", 320],
  ] as const) {
    test(`nothing is wrong in ${locale}, ${colorScheme}, at ${width} px`, async () => {
      const options = { locale, colorScheme, viewport: { width, height: 760 } };
      expect(await everyState(options, `${locale}-${colorScheme}-${width}`)).toEqual([]);
    });
  }

  async function everyState(options: BrowserContextOptions, name: string): Promise<string[]> {
    await using telegram = await startTelegram();
    await using both = await startModelHouse(
      {},
      { config: { channels: { telegram: { apiRoot: telegram.url, botToken: telegram.token } } } },
    );
    await using visitor = await visit(browser, await newLink(both.house), options);
    const { page } = visitor;
    const found: string[] = [];
    const look = async (state: string) => {
      found.push(...(await violations(page)), ...(await tooSmall(page)));
      if (options.viewport?.width === 320 && (await tooWide(page)) > 0) found.push(`${state} is too wide`);
      if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}-${state}.png`) });
    };
    telegram.chat(99);
    telegram.say({
      chat: 99,
      from: 99,
      text: "hello?",
      extra: { from: { id: 99, is_bot: false, first_name: longName } },
    });
    await page.locator(".banner").waitFor();
    await look("notice");
    await page.locator(".banner .link").click();
    const panel = page.locator("dialog");
    await panel.locator(".code").waitFor();
    await panel.locator(".dot.open").waitFor();
    await look("panel");
    await clickNth(page, ".accounts .ways button", 2);
    await panel.locator(".danger").waitFor();
    await look("remove");
    await panel.locator("[role=alert] button").first().click();
    await panel.locator("section .primary").click();
    await panel.locator("details summary").click();
    await look("let-in");
    await clickNth(page, ".accounts .ways button", 0);
    await panel.locator("input[type=password]").fill("nonsense");
    await panel.locator("input[type=password]").press("Enter");
    await panel.locator(".failed").waitFor();
    await panel.locator("input").waitFor();
    await look("ask");
    await panel.locator("input").fill(telegram.token);
    await panel.locator("input").press("Enter");
    await panel.locator(".shown a").waitFor();
    await look("code");
    return [...found, ...visitor.complaints];
  }

  async function clickNth(page: Page, selector: string, index: number): Promise<void> {
    await page.locator(`dialog ${selector}`).nth(index).click();
  }
});
