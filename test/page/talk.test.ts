import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { box, missingBrowser, openBrowser, say, until, visit } from "./browser.ts";
import { openScriptedGateway } from "./scripted-gateway.ts";

setDefaultTimeout(30_000);

describe.skipIf(missingBrowser() !== null)("talking in the page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test("a typed message gets a streamed answer", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await say(page, "hello");
    await page.getByText("is writing…").waitFor({ state: "attached" });
    const run = gateway.run(0);
    run?.delta("Hello **th");
    await page.getByText("Hello **th").waitFor();
    run?.delta("Hello **there**, you");
    await page.locator("strong", { hasText: "there" }).waitFor();
    run?.final("Hello **there**, you.");
    await page.getByText("Hello there, you.").first().waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).waitFor();
    expect(gateway.sends()).toEqual([
      { sessionKey: "agent:main:main", message: "hello", idempotencyKey: expect.any(String), deliver: false },
    ]);
    expect(await page.getByText("hello", { exact: true }).count()).toBe(1);
    expect(visitor.complaints).toEqual([]);
  });

  test("before it can be used the page asks only for history and the list of chats", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    await visitor.page.getByText("What can I do for you?").waitFor();
    await until(() => gateway.requests.length >= 2, "both are asked");
    expect(gateway.requests.map(({ method }) => method).sort()).toEqual(["chat.history", "sessions.list"]);
  });

  test("a finished answer is announced once, and one that grows is not", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await say(page, "hello");
    await until(() => gateway.run(0) !== undefined, "the message arrives");
    gateway.run(0)?.delta("Half of it");
    await page.getByText("Half of it").waitFor();
    const announcer = page.locator(".unseen[aria-live=polite]");
    expect(await announcer.textContent()).toBe("");
    gateway.run(0)?.final("All of it");
    await announcer.getByText("Assistant: All of it").waitFor({ state: "attached" });
    expect(await page.getByRole("log").getAttribute("aria-live")).toBe("off");
  });

  test("that another model answered, and why, is said under the answer, once it is there and after a reload", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await say(page, "hello");
    await until(() => gateway.run(0) !== undefined, "the message arrives");
    const notice = "two/m answered instead of one/m: one is having trouble (503).";
    gateway.run(0)?.final("From the second", { notice });
    const reply = page.getByRole("article", { name: "Assistant" });
    await reply.getByText(notice, { exact: true }).waitFor();
    await page
      .locator(".unseen[aria-live=polite]")
      .getByText(`Assistant: From the second ${notice}`)
      .waitFor({ state: "attached" });
    await page.reload();
    await reply.getByText(notice, { exact: true }).waitFor();
    expect(await reply.locator(".beside").count()).toBe(1);
  });

  test("Enter that chooses a word of an input method does not send", async () => {
    await using gateway = await openScriptedGateway({ echo: (text) => `echo ${text}` });
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await box(page).focus();
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Input.imeSetComposition", { text: "nihao", selectionStart: 5, selectionEnd: 5 });
    // The Enter that an input method takes arrives with key code 229, as in Safari after the composition.
    await devtools.send("Input.dispatchKeyEvent", {
      type: "keyDown",
      key: "Enter",
      windowsVirtualKeyCode: 229,
    });
    await box(page).dispatchEvent("keydown", { key: "Enter", isComposing: true, bubbles: true });
    await devtools.send("Input.insertText", { text: "你好" });
    expect(await box(page).inputValue()).toBe("你好");
    expect(gateway.sends()).toEqual([]);
    await box(page).press("Enter");
    await page.getByText("echo 你好").first().waitFor();
    expect(gateway.sends().map(({ message }) => message)).toEqual(["你好"]);
  });

  test("Shift+Enter starts a new line", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    await box(visitor.page).fill("one");
    await box(visitor.page).press("Shift+Enter");
    await visitor.page.keyboard.type("two");
    expect(await box(visitor.page).inputValue()).toBe("one\ntwo");
    expect(gateway.sends()).toEqual([]);
  });

  test("Stop stands in the place of Send while an answer is written, and stops it", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await say(page, "count to a thousand");
    await until(() => gateway.run(0) !== undefined, "the message arrives");
    gateway.run(0)?.delta("one two three");
    await page.getByText("one two three").waitFor();
    expect(await page.getByRole("button", { name: "Send", exact: true }).count()).toBe(0);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText("Stopped", { exact: true }).first().waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).waitFor();
    expect(gateway.run(0)?.aborted).toBe(true);
    expect(await page.getByText("one two three").count()).toBe(1);
  });

  test("a failed answer is one plain sentence, also after a reload", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await say(page, "hello");
    await until(() => gateway.run(0) !== undefined, "the message arrives");
    gateway.run(0)?.fail("The key for the model was refused; check it in moltbot.json.");
    const sentence = page.locator(".failed", { hasText: "The key for the model was refused" });
    await sentence.waitFor();
    await page.reload();
    await sentence.waitFor();
    expect(await sentence.count()).toBe(1);
  });

  test("what the helper says is marked as not coming from an AI, while it grows and afterwards", async () => {
    await using gateway = await openScriptedGateway({ model: "none" });
    gateway.control.runtime = "concierge";
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("Hi. I am the built-in helper.").waitFor();
    await page.getByRole("button", { name: "/help" }).click();
    await until(() => gateway.run(0) !== undefined, "the command arrives");
    expect(gateway.run(0)?.message).toBe("/help");
    const badge = page.locator(".theirs .badge", { hasText: "helper, not an AI" });
    gateway.run(0)?.delta("I know");
    await badge.waitFor();
    gateway.run(0)?.final("I know some commands.");
    await page.getByText("I know some commands.").first().waitFor();
    expect(await badge.count()).toBe(1);
  });

  test("the page follows the newest message, and lets go when the reader scrolls up", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(Array.from({ length: 40 }, (_, index) => `message ${index}\n\n`.repeat(4)));
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    const log = page.getByRole("log");
    const fromEnd = () => log.evaluate((e) => e.scrollHeight - e.scrollTop - e.clientHeight);
    const atEnd = () =>
      page.waitForFunction(() => {
        const e = document.querySelector('[role="log"]');
        return e !== null && e.scrollHeight - e.scrollTop - e.clientHeight < 2;
      });
    await say(page, "go on");
    await until(() => gateway.run(0) !== undefined, "the message arrives");
    gateway.run(0)?.delta("line\n\n".repeat(30));
    await page.getByText("line").nth(29).waitFor();
    await atEnd();

    await log.hover();
    await page.mouse.wheel(0, -400);
    const jump = page.getByRole("button", { name: "Jump to the latest message" });
    await jump.waitFor();
    const before = await log.evaluate((e) => e.scrollTop);
    gateway.run(0)?.delta(`${"line\n\n".repeat(60)}the end`);
    await page.getByText("the end").waitFor({ state: "attached" });
    expect(await fromEnd()).toBeGreaterThan(100);
    expect(Math.abs((await log.evaluate((e) => e.scrollTop)) - before)).toBeLessThan(5);

    await jump.click();
    await atEnd();
    await jump.waitFor({ state: "detached" });
  });

  test("earlier messages come in pages, without moving what is being read", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(Array.from({ length: 120 }, (_, index) => `message ${index}.`));
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("message 119.").waitFor();
    expect(await page.getByText("message 69.").count()).toBe(0);
    // The first page is drawn from its end on; its beginning is where the test goes.
    const anchor = page.getByText("message 70.");
    await anchor.waitFor({ state: "attached" });
    const log = page.getByRole("log");
    await log.evaluate((e) => {
      e.scrollTop = 0;
    });
    await page.getByText("message 20.").waitFor({ state: "attached" });
    expect(await anchor.isVisible()).toBe(true);
    const { y } = (await anchor.boundingBox()) ?? { y: Number.NaN };
    expect(y).toBeGreaterThan(0);
    expect(y).toBeLessThan(400);
    const asked = gateway.requests
      .filter(({ method }) => method === "chat.history")
      .map(({ params }) => params);
    expect(asked).toEqual([
      // Asked for before the gateway has said what the main chat is called.
      { sessionKey: "main", limit: 50 },
      { sessionKey: "agent:main:main", limit: 50, cursor: expect.any(String) },
    ]);
  });

  test("the chat that an address names is asked for first, and once", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(["in the main chat"]);
    const address = `${gateway.url}chat/${encodeURIComponent("agent:main:other")}`;
    await using visitor = await visit(browser, address);
    const { page } = visitor;
    await page.getByText("What can I do for you?").waitFor();
    expect(await page.getByText("in the main chat").count()).toBe(0);
    expect(gateway.requests[0]).toEqual({
      method: "chat.history",
      params: { sessionKey: "agent:main:other", limit: 50 },
    });
    expect(gateway.calls("chat.history")).toBe(1);
  });

  test("where the page is here before the gateway listens, it asks for the chat together with its introduction", async () => {
    const { promise: listens, resolve } = Promise.withResolvers<void>();
    await using gateway = await openScriptedGateway({ listens });
    gateway.seed(["hello", "hi"]);
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("Connecting…").first().waitFor();
    resolve();
    await page.getByText("hi", { exact: true }).waitFor();
    const asked = gateway.requests.filter(({ method }) => method === "chat.history");
    expect(asked.map(({ params }) => params)).toEqual([{ sessionKey: "main", limit: 50 }]);
    expect(gateway.connects).toHaveLength(1);
  });

  test("a message over the gateway's limit is refused before it is sent, and stays in the box", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("What can I do for you?").waitFor();
    await say(page, "x".repeat(600_000));
    await page.getByText("This message is 586 KiB, and at most 510 KiB fit.").waitFor();
    expect((await box(page).inputValue()).length).toBe(600_000);
    expect(gateway.sends()).toEqual([]);
  });

  test("a code block is copied as it was written", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(["code?", "Here:\n\n```ts\nconst a = 1 < 2;\n```"]);
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy code" }).click();
    await page.getByText("Copied").waitFor({ state: "attached" });
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("const a = 1 < 2;");
    await page.getByRole("button", { name: "Copy message" }).last().click();
    await page.waitForFunction(async () => (await navigator.clipboard.readText()).startsWith("Here:"));
  });
});
