import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { startModelHouse } from "../wire/model-house.ts";
import { startHouse } from "../wire/start-house.ts";
import { missingBrowser, openBrowser, say, until, visit } from "./browser.ts";

setDefaultTimeout(60_000);

describe.skipIf(missingBrowser() !== null)("the page and the real gateway", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test("with nothing set up, the helper greets, answers and says what it is; a reload shows the same", async () => {
    await using house = await startHouse();
    await using visitor = await visit(browser, house.url);
    const { page } = visitor;
    await page.getByText("Hi. I am the built-in helper.").waitFor();
    await page.getByText("no AI model", { exact: true }).waitFor();
    await page.getByRole("button", { name: "/help" }).click();
    await page.locator(".theirs .badge", { hasText: "helper, not an AI" }).waitFor();
    await page.locator(".theirs", { hasText: "/status" }).waitFor();
    await page.reload();
    await page.locator(".theirs", { hasText: "/status" }).waitFor();
    expect(await page.locator(".row").count()).toBe(2);
    expect(await page.locator(".theirs .badge").count()).toBe(1);
    expect(visitor.complaints).toEqual([]);
  });

  test("the helper answers a Chinese browser in Chinese", async () => {
    await using house = await startHouse();
    await using visitor = await visit(browser, house.url, { locale: "zh-CN" });
    const { page } = visitor;
    await page.getByRole("button", { name: "/help" }).click();
    await page.locator(".theirs .badge", { hasText: "内置助手，不是 AI" }).waitFor();
    await page.locator(".theirs .markdown", { hasText: /[\u4e00-\u9fff]/ }).waitFor();
  });

  test("a model's answer streams, and Stop reaches the model's server", async () => {
    await using both = await startModelHouse({ mode: "paced", reply: () => "one two three four five six" });
    const { house, model } = both;
    await using visitor = await visit(browser, house.url);
    const { page } = visitor;
    await page.getByText("model fake/m").waitFor();
    await say(page, "count");
    await page.getByRole("button", { name: "Stop" }).waitFor();
    await until(() => model.requests.length === 1, "the model is asked");
    model.release(2);
    await page.getByText("one two").waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped", { exact: true }).first().waitFor();
    await until(() => model.requests[0]?.aborted === true, "the model's server sees it");
    await page.getByRole("button", { name: "Send", exact: true }).waitFor();
    expect(await page.locator(".row").count()).toBe(2);
    await page.reload();
    await page.getByText("one two").waitFor();
    expect(await page.getByText("Stopped", { exact: true }).count()).toBe(1);
    expect(visitor.complaints).toEqual([]);
  });

  test("a whole answer of a model arrives once, word for word", async () => {
    await using both = await startModelHouse({
      paceMs: 5,
      reply: () => "Here is **bold** and `code`, at last.",
    });
    await using visitor = await visit(browser, both.house.url);
    const { page } = visitor;
    await say(page, "show me");
    await page.getByText("Here is bold and code, at last.").first().waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).waitFor();
    await say(page, "and again");
    await page.locator(".theirs").nth(1).getByText("at last.").waitFor();
    expect(await page.locator(".theirs").count()).toBe(2);
    expect(await page.locator(".mine").count()).toBe(2);
  });

  test("a key that the model's server refuses is one plain sentence", async () => {
    await using both = await startModelHouse({ mode: "unauthorized" });
    await using visitor = await visit(browser, both.house.url);
    const { page } = visitor;
    await say(page, "hello");
    const failed = page.locator(".failed");
    await failed.waitFor();
    const sentence = (await failed.textContent()) ?? "";
    expect(sentence).toMatch(/key/i);
    await page.reload();
    await page.locator(".failed").waitFor();
    expect(await page.locator(".failed").textContent()).toBe(sentence);
  });

  test("chats are made, renamed and deleted", async () => {
    await using house = await startHouse();
    await using visitor = await visit(browser, house.url);
    const { page } = visitor;
    await page.getByText("Hi. I am the built-in helper.").waitFor();
    await page.getByRole("button", { name: "New chat" }).click();
    await say(page, "/status");
    await page.locator(".theirs").waitFor();
    const list = page.getByRole("navigation", { name: "Chats" });
    await list.getByRole("button", { name: /^Rename “\/?status/ }).click();
    await page.getByLabel("Name of this chat").fill("Lisbon");
    await page.getByLabel("Name of this chat").press("Enter");
    await list.getByRole("link", { name: "Lisbon" }).waitFor();
    await page.reload();
    await list.getByRole("link", { name: "Lisbon" }).waitFor();
    await list.getByRole("button", { name: "Delete “Lisbon”" }).click();
    await list.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText("Hi. I am the built-in helper.").waitFor();
    expect(await list.getByRole("link", { name: "Lisbon" }).count()).toBe(0);
  });

  test("a gateway with a secret lets the page in by it, and not without", async () => {
    await using house = await startHouse({ flags: { token: "open sesame" } });
    await using visitor = await visit(browser, house.url);
    const { page } = visitor;
    await page.getByText("This Moltbot is protected").waitFor();
    await page.getByLabel("Secret").fill("nonsense");
    await page.getByLabel("Secret").press("Enter");
    await page.getByText("That secret is not right").waitFor();
    await page.getByLabel("Secret").fill("open sesame");
    await page.getByLabel("Secret").press("Enter");
    await page.getByText("Connected").waitFor();
  });

  test("when the gateway stops, the page knows that it was meant", async () => {
    await using house = await startHouse();
    await using visitor = await visit(browser, house.url);
    await visitor.page.getByText("Connected").waitFor();
    await house.stop();
    await visitor.page
      .getByText("Moltbot was stopped. This page comes back when it is started again.")
      .waitFor();
  });
});
