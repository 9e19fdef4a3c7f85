import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import type { ChatMessage } from "#protocol/domains/chat.ts";
import { missingBrowser, openBrowser, say, until, visit } from "./browser.ts";
import { openScriptedGateway } from "./scripted-gateway.ts";

setDefaultTimeout(30_000);

const at = Date.UTC(2026, 0, 15, 9, 31);

/** A question that took two tools, as a history keeps it. */
const looked: ChatMessage[] = [
  { role: "user", timestamp: at, id: "u1", content: [{ type: "text", text: "What is the weather?" }] },
  {
    role: "assistant",
    timestamp: at + 1,
    id: "a1",
    runId: "r1",
    content: [
      { type: "text", text: "I look it up." },
      { type: "toolCall", id: "c1", name: "web.search", arguments: { query: "weather Lisbon", count: 3 } },
      { type: "toolCall", id: "c2", name: "shell", arguments: { command: "date" } },
      { type: "toolCall", id: "c3", name: "clock", arguments: {} },
    ],
  },
  {
    role: "toolResult",
    timestamp: at + 2,
    id: "t1",
    toolCallId: "c1",
    toolName: "web.search",
    content: [{ type: "text", text: "Sunny, 24 °C" }],
  },
  {
    role: "toolResult",
    timestamp: at + 3,
    id: "t2",
    toolCallId: "c2",
    toolName: "shell",
    isError: true,
    content: [{ type: "text", text: "no such command" }],
  },
  {
    role: "assistant",
    timestamp: at + 4,
    id: "a2",
    runId: "r1",
    content: [{ type: "text", text: "It is sunny." }],
    stopReason: "stop",
  },
];

describe.skipIf(missingBrowser() !== null)("tools in the page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test("a card tells live what a tool is asked, how it stands, and what came of it", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await say(page, "What is the weather?");
    await until(() => gateway.run(0) !== undefined, "the message arrives");
    const run = gateway.run(0);
    run?.delta("I look it up.");
    run?.tool({ phase: "start", name: "web.search", toolCallId: "c1", args: { query: "weather Lisbon" } });
    const card = page.locator(".tool");
    await card.getByText("Running…").waitFor();
    expect(await card.locator("summary").textContent()).toBe("web.searchweather LisbonRunning…");
    expect(await card.evaluate((e) => (e as HTMLDetailsElement).open)).toBe(false);

    run?.tool({ phase: "update", name: "web.search", toolCallId: "c1", partialResult: "1 of 3 pages" });
    await card.locator("summary").focus();
    await page.keyboard.press("Enter");
    await card.getByText("1 of 3 pages").waitFor();
    await card.getByText("So far").waitFor();
    run?.tool({
      phase: "result",
      name: "web.search",
      toolCallId: "c1",
      isError: false,
      result: { content: [{ type: "text", text: "Sunny, 24 °C" }] },
    });
    await card.getByText("Done").waitFor();
    await card.getByText("Sunny, 24 °C").waitFor();

    run?.delta("I look it up. It is sunny.");
    await page.getByText("It is sunny.").waitFor();
    // The card stays between what was said before and after.
    const order = () =>
      page
        .locator(".theirs")
        .evaluate((e) => [...e.querySelectorAll(".markdown, .tool-name")].map((x) => x.textContent?.trim()));
    expect(await order()).toEqual(["I look it up.", "web.search", "It is sunny."]);
    run?.final("I look it up. It is sunny.");
    await page.getByRole("button", { name: "Ask again" }).waitFor();
    expect(await order()).toEqual(["I look it up.", "web.search", "It is sunny."]);
    expect(visitor.complaints).toEqual([]);
  });

  test("a tool that fails says so, and one whose run was stopped says that nothing is known", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await say(page, "go");
    await until(() => gateway.run(0) !== undefined, "the message arrives");
    gateway.run(0)?.tool({ phase: "start", name: "shell", toolCallId: "a", args: { command: "rm" } });
    gateway
      .run(0)
      ?.tool({ phase: "result", name: "shell", toolCallId: "a", isError: true, result: "denied" });
    gateway.run(0)?.tool({ phase: "start", name: "fetch", toolCallId: "b" });
    await page.locator(".tool", { hasText: "shell" }).getByText("Failed").waitFor();
    await page.locator(".tool", { hasText: "fetch" }).getByText("Running…").waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.locator(".tool", { hasText: "fetch" }).getByText("No result").waitFor();
  });

  test("out of the history a call and its result are one card, and none is shown twice", async () => {
    await using gateway = await openScriptedGateway();
    gateway.keep(looked);
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.locator(".tool").nth(2).waitFor();
    const summaries = await page.locator(".tool summary").allTextContents();
    expect(summaries).toEqual(["web.searchweather LisbonDone", "shelldateFailed", "clockNo result"]);
    expect(await page.locator(".row").count()).toBe(3);
    await page.locator(".tool summary").first().click();
    await page.getByText("Sunny, 24 °C").waitFor();
    await page.getByText('"count": 3').waitFor();
  });

  test("a result whose call is on an older page has a card of its own until that is read", async () => {
    await using gateway = await openScriptedGateway();
    gateway.keep(looked);
    gateway.seed(Array.from({ length: 47 }, (_, index) => `message ${index}.`));
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("message 46.").waitFor();
    await page.locator(".tool").first().waitFor({ state: "attached" });
    expect(await page.locator(".tool-name").allTextContents()).toEqual(["web.search", "shell"]);
    // Not by the mouse: scrolling to the button reads them already, and takes it away.
    await page.getByRole("button", { name: "Show earlier messages" }).dispatchEvent("click");
    await page.getByText("What is the weather?").waitFor({ state: "attached" });
    expect(await page.locator(".tool-name").allTextContents()).toEqual(["web.search", "shell", "clock"]);
  });

  test("what a tool gives back is shown as it is, whatever it is", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await say(page, "go");
    await until(() => gateway.run(0) !== undefined, "the message arrives");
    const evil = "<img src=x onerror=window.hit=1><script>window.hit=1</script>";
    gateway.run(0)?.tool({ phase: "start", name: evil, toolCallId: "a", args: { [evil]: evil } });
    gateway
      .run(0)
      ?.tool({ phase: "result", name: evil, toolCallId: "a", isError: false, result: { [evil]: evil } });
    await page.locator(".tool summary").click();
    await page.locator(".tool pre").nth(1).waitFor();
    expect(await page.locator(".tool pre").nth(1).textContent()).toBe(
      JSON.stringify({ [evil]: evil }, null, 2),
    );
    expect(await page.evaluate(() => "hit" in window)).toBe(false);
    expect(await page.locator(".tool img, .tool script").count()).toBe(0);
  });
});
