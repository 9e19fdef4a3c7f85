import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { box, missingBrowser, openBrowser, say, until, visit } from "./browser.ts";
import { someCommands } from "./scripted-answers.ts";
import { openScriptedGateway } from "./scripted-gateway.ts";

setDefaultTimeout(30_000);

describe.skipIf(missingBrowser() !== null)("hints for commands", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test("a slash shows the commands, which the arrow keys choose and Enter completes", async () => {
    await using gateway = await openScriptedGateway({ commands: someCommands });
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("Connected").waitFor();
    await box(page).fill("/");
    const list = page.getByRole("listbox", { name: "Commands" });
    await list.waitFor();
    expect(await list.getByRole("option").allTextContents()).toEqual([
      "/helpwhat I can do",
      "/statushow Moltbot is doing",
      "/stopstop what runs",
      "/modelwhich model answers",
    ]);
    await page.locator(".unseen[aria-live=polite]").getByText("4 commands").waitFor({ state: "attached" });
    const active = () => box(page).getAttribute("aria-activedescendant");
    expect(await active()).toBe("command-help");
    await box(page).press("ArrowUp");
    expect(await active()).toBe("command-model");
    expect(await page.locator("#command-model").getAttribute("aria-selected")).toBe("true");
    await box(page).press("Enter");
    expect(await box(page).inputValue()).toBe("/model ");
    await list.waitFor({ state: "detached" });
    expect(await active()).toBeNull();
    expect(gateway.sends()).toEqual([]);
    expect(visitor.complaints).toEqual([]);
  });

  test("typing narrows them, Tab completes, and Enter after a whole name sends it", async () => {
    await using gateway = await openScriptedGateway({ commands: someCommands });
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("Connected").waitFor();
    await box(page).fill("/st");
    await page.getByRole("option").nth(1).waitFor();
    expect(await page.getByRole("option").count()).toBe(2);
    await box(page).press("ArrowDown");
    await box(page).press("Tab");
    expect(await box(page).inputValue()).toBe("/stop");
    await say(page, "/status");
    await until(() => gateway.sends().length === 1, "it is sent");
    expect(gateway.sends()[0]?.message).toBe("/status");
  });

  test("a click completes, Escape closes them, and text that only begins with a slash is sent as it is", async () => {
    await using gateway = await openScriptedGateway({ commands: someCommands });
    await using visitor = await visit(browser, gateway.url, { locale: "zh-CN" });
    const { page } = visitor;
    await page.getByText("已连接").waitFor();
    await box(page).fill("／");
    await page.getByRole("option", { name: "/help 我能做什么" }).click();
    expect(await box(page).inputValue()).toBe("/help");
    expect(await box(page).evaluate((e) => e === document.activeElement)).toBe(true);
    await box(page).fill("/s");
    await page.getByRole("listbox").waitFor();
    await box(page).press("Escape");
    await page.getByRole("listbox").waitFor({ state: "detached" });
    await say(page, "/usr/bin is a folder");
    await until(() => gateway.sends().length === 1, "it is sent");
  });

  test("a gateway without the method shows none, and is not asked", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("Connected").waitFor();
    await say(page, "/help");
    await until(() => gateway.sends().length === 1, "it is sent");
    expect(gateway.requests.map(({ method }) => method)).not.toContain("commands.list");
    expect(visitor.complaints).toEqual([]);
  });
});
