import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { box, missingBrowser, openBrowser, until, visit } from "./browser.ts";
import { openScriptedGateway } from "./scripted-gateway.ts";

setDefaultTimeout(40_000);

const field = (page: Page) => page.getByRole("searchbox", { name: "Search in this chat" });

async function seek(page: Page, text: string): Promise<void> {
  await page.keyboard.press("Control+f");
  await field(page).fill(text);
}

const place = (page: Page, text: string) => page.locator(".search-place").getByText(text, { exact: true });

/** The text that is marked as the match on screen now, and whether it can be seen. */
function marked(page: Page) {
  return page.evaluate(() => {
    const [range] = (CSS.highlights.get("found-now") ?? []) as unknown as Range[];
    if (range === undefined) return null;
    const { top, bottom } = range.getBoundingClientRect();
    const view = document.querySelector(".scroller")?.getBoundingClientRect();
    return {
      text: range.toString(),
      row: range.startContainer.parentElement?.closest(".row")?.id ?? "",
      isSeen: view !== undefined && top >= view.top && bottom <= view.bottom,
    };
  });
}

describe.skipIf(missingBrowser() !== null)("searching in a chat, and links into it", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test("Ctrl+F finds text as it is read, from the newest back, and changes nothing that is drawn", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed([
      "Where is the Needle?",
      "The need**le** is in the [haystack](https://example.com/needle).\n\n```\nneedle()\n```",
      "nothing here",
      "The last needle.",
    ]);
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("The last needle.").waitFor();
    // Times and buttons follow the messages themselves.
    await page.locator(".row footer .copy").nth(3).waitFor({ state: "attached" });
    const before = await page.locator("#messages").innerHTML();
    await seek(page, "needle");
    await place(page, "4 of 4").waitFor();
    expect(await marked(page)).toEqual({ text: "needle", row: "m=m-5", isSeen: true });
    await field(page).press("Enter");
    await place(page, "3 of 4").waitFor();
    expect((await marked(page))?.text).toBe("needle");
    await page.getByRole("button", { name: "Earlier match" }).click();
    await place(page, "2 of 4").waitFor();
    // It stands partly in bold: the mark lies over both.
    expect(await marked(page)).toEqual({ text: "needle", row: "m=m-3", isSeen: true });
    await field(page).press("Shift+Enter");
    await place(page, "3 of 4").waitFor();
    expect(await page.locator("#messages").innerHTML()).toBe(before);

    await field(page).fill("nowhere");
    await place(page, "Not found").waitFor();
    expect(await marked(page)).toBeNull();
    await field(page).press("Escape");
    await field(page).waitFor({ state: "detached" });
    expect(await box(page).evaluate((e) => e === document.activeElement)).toBe(true);
    expect(await page.evaluate(() => CSS.highlights.size)).toBe(0);
    expect(visitor.complaints).toEqual([]);
  });

  test("Ctrl+F works from the moment in which messages can be seen", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(["The needle."]);
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.addInitScript(() => {
      const observer = new MutationObserver(() => {
        if (document.querySelector(".row") === null) return;
        observer.disconnect();
        document.dispatchEvent(new KeyboardEvent("keydown", { key: "f", ctrlKey: true }));
      });
      observer.observe(document, { childList: true, subtree: true });
    });
    await page.reload();
    await field(page).waitFor();
  });

  test("older messages are read until it is found, and no further", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(Array.from({ length: 900 }, (_, index) => `message ${index}.`));
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("message 899.").waitFor();
    await seek(page, "message 500.");
    await place(page, "1 of 1 so far").waitFor();
    expect(await marked(page)).toMatchObject({ text: "message 500.", isSeen: true });
    expect(await page.locator(".row").count()).toBe(450);
    expect(gateway.calls("chat.history")).toBe(3);

    await field(page).fill("message 12");
    await place(page, "10 of 10 so far").waitFor();
    expect(await page.getByText("message 129.").isVisible()).toBe(true);
  });

  test("at the first match Enter reads further back, and in the end begins again at the last", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed([
      "the first fox",
      ...Array.from({ length: 118 }, (_, index) => `message ${index}.`),
      "the last fox",
    ]);
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("the last fox").waitFor();
    await seek(page, "fox");
    await place(page, "1 of 1 so far").waitFor();
    await field(page).press("Enter");
    await place(page, "1 of 2").waitFor();
    expect(await marked(page)).toEqual({ text: "fox", row: "m=m-2", isSeen: true });
    await field(page).press("Enter");
    await place(page, "2 of 2").waitFor();
    expect((await marked(page))?.row).toBe("m=m-121");
  });

  test("a message that comes meanwhile is found, too, and what was found stays where it was", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(["one fish", "two"]);
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("one fish").waitFor();
    await seek(page, "fish");
    await place(page, "1 of 1").waitFor();
    gateway.begin({ sessionKey: "agent:main:main", message: "red fish", idempotencyKey: "elsewhere" });
    gateway.run(0)?.final("blue fish");
    await place(page, "1 of 3").waitFor();
    expect((await marked(page))?.row).toBe("m=m-2");
  });

  test("signs that mean something to patterns are searched as they are", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(["what is a[0].*(b)?", "a pattern 你好 of state-of-the-art make, 50% in /tmp & <x>"]);
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("a pattern").waitFor();
    for (const text of ["a[0].*(b)?", "你好", "WHAT  is", "of-the", "50%", "/tmp", "& <x>"]) {
      await seek(page, "nowhere");
      await place(page, "Not found").waitFor();
      await seek(page, text);
      await place(page, "1 of 1").waitFor();
    }
    expect(visitor.complaints).toEqual([]);
  });

  test("asked for a second time, the browser's own search is left alone", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("What can I do for you?").waitFor();
    const isTaken = () =>
      page.evaluate(() => {
        const event = new KeyboardEvent("keydown", {
          key: "f",
          ctrlKey: true,
          bubbles: true,
          cancelable: true,
        });
        document.activeElement?.dispatchEvent(event);
        return event.defaultPrevented;
      });
    expect(await isTaken()).toBe(true);
    await field(page).waitFor();
    expect(await isTaken()).toBe(false);
  });

  test("a chat's address opens it, also after a reload, and back and forward go between chats", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(["main", "yes"]);
    gateway.seed(["plan the trip", "where to?"], "agent:main:trip");
    await using visitor = await visit(browser, `${gateway.url}chat/agent%3Amain%3Atrip`);
    const { page } = visitor;
    await page.getByText("where to?").waitFor();
    await page.reload();
    await page.getByText("where to?").waitFor();
    await page.getByRole("link", { name: "Main chat" }).click();
    await page.getByText("yes", { exact: true }).waitFor();
    await page.goBack();
    await page.getByText("where to?").waitFor();
    await page.goForward();
    await page.getByText("yes", { exact: true }).waitFor();
  });

  test("an address as the original's pages have it opens its chat, and other chats are left for as usual", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(["main", "yes"]);
    gateway.seed(["plan the trip", "where to?"], "agent:main:trip");
    await using visitor = await visit(browser, `${gateway.url}?session=agent%3Amain%3Atrip`);
    const { page } = visitor;
    await page.getByText("where to?").waitFor();
    expect(gateway.calls("chat.history")).toBe(1);
    await page.getByRole("link", { name: "Main chat" }).click();
    await page.getByText("yes", { exact: true }).waitFor();
    expect(page.url()).toBe(gateway.url);
  });

  test("the time of a message is a link to it, which opens it however far back it is", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(Array.from({ length: 400 }, (_, index) => `message ${index}.`));
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("message 399.").waitFor();
    const link = page.locator(".row", { hasText: "message 390." }).locator("a.time");
    expect(await link.getAttribute("href")).toBe("#m=m-392");
    await link.click();
    expect(page.url()).toBe(`${gateway.url}#m=m-392`);
    const soughtOut = page.locator(".sought");
    await soughtOut.getByText("message 390.").waitFor();

    await page.goto("about:blank");
    await page.goto(`${gateway.url}#m=m-22`);
    await soughtOut.getByText("message 20.").waitFor();
    const row = page.locator(".row", { hasText: "message 20." });
    expect(await row.evaluate((e) => e === document.activeElement)).toBe(true);
    await until(() => gateway.calls("chat.history") >= 3, "older pages are read");
    const { y } = (await row.boundingBox()) ?? { y: Number.NaN };
    expect(y).toBeGreaterThan(50);
    expect(y).toBeLessThan(700);

    await page.goto(`${gateway.url}#m=none`);
    await page.getByText("That message is not in this chat.").waitFor();
  });

  test("a link with a secret and a message keeps the message and forgets the secret", async () => {
    await using gateway = await openScriptedGateway({ secret: "open sesame" });
    gateway.seed(["question", "answer"]);
    await using visitor = await visit(browser, `${gateway.url}#t=open%20sesame&m=m-2`);
    const { page } = visitor;
    await page.locator(".sought").getByText("question").waitFor();
    expect(page.url()).toBe(`${gateway.url}#m=m-2`);
  });
});
