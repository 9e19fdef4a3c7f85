import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { readLocalKey } from "#src/config/local-key.ts";
import { createSessionStore } from "#src/sessions/store.ts";
import { closeDatabase, openDatabase } from "#src/store/database.ts";
import { startModelEndpoint } from "../fakes/model-endpoint.ts";
import { startModelHouse } from "../wire/model-house.ts";
import { type House, startHouse } from "../wire/start-house.ts";
import { box, drawPng, missingBrowser, openBrowser, say, until, visit } from "./browser.ts";

setDefaultTimeout(60_000);

const key = "sk-right-0123456789abcdef";

/** What `moltbot open` opens. */
async function linkTo(house: House): Promise<string> {
  await using owner = await house.connect({ auth: { token: readLocalKey(house.stateDir) ?? "" } });
  return (await owner.call("page.link", {})).url;
}

describe.skipIf(missingBrowser() !== null)("the first hour with the real gateway", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test("a key is pasted into the page, a wrong one first; the next message uses it, without a restart", async () => {
    await using model = await startModelEndpoint({ key, reply: () => "Hello from the model." });
    await using house = await startHouse({ env: { ANTHROPIC_BASE_URL: model.url } });
    await using visitor = await visit(browser, await linkTo(house));
    const { page } = visitor;
    await page.getByText("Hi. I am the built-in helper.").waitFor();
    await page.getByRole("button", { name: "Paste an API key" }).click();
    await page.getByRole("combobox", { name: "Provider" }).selectOption({ label: "Anthropic" });
    await page.getByLabel("API key").fill("sk-wrong-0123456789abcdef");
    await page.getByRole("button", { name: "Try it and use it" }).click();
    await page.locator(".model-help .failed").waitFor();
    expect(await page.locator(".model-help .failed").textContent()).toMatch(/^That did not work: .*key/);

    await page.getByLabel("API key").fill(key);
    await page.getByLabel("API key").press("Enter");
    await page.getByText(/anthropic\/.* answers from now on\./).waitFor();
    await page.getByText("What can I do for you?").waitFor();
    await say(page, "hello");
    await page.getByText("Hello from the model.", { exact: true }).waitFor();
    expect(await page.locator(".theirs .badge").count()).toBe(0);
    const files = await readdir(house.stateDir, { recursive: true, withFileTypes: true });
    const holding: string[] = [];
    for (const file of files.filter((each) => each.isFile())) {
      const path = join(file.parentPath, file.name);
      if ((await readFile(path, "latin1")).includes(key)) holding.push(path.slice(house.stateDir.length + 1));
    }
    expect(holding).toEqual(["secrets/anthropic"]);
    expect(visitor.complaints).toEqual([]);
  });

  test("a model server that runs here is offered by name, and one click makes it answer", async () => {
    await using model = await startModelEndpoint({ models: ["qwen3:8b"], reply: () => "Hello from Ollama." });
    const modelPlaces = [{ id: "ollama", name: "Ollama", port: model.port }];
    await using house = await startHouse({ env: { MOLTBOT_NO_DISCOVERY: "" }, modelPlaces });
    await using visitor = await visit(browser, await linkTo(house));
    const { page } = visitor;
    await page.getByRole("button", { name: "Use Ollama – qwen3:8b" }).click();
    await page.getByText("ollama/qwen3:8b answers from now on.").waitFor();
    await say(page, "hello");
    await page.getByText("Hello from Ollama.", { exact: true }).waitFor();
    await page.reload();
    await page.getByText("model ollama/qwen3:8b").waitFor();
    expect(visitor.complaints).toEqual([]);
  });

  test("a page that was opened without a link says in one sentence how a model is added", async () => {
    await using house = await startHouse();
    await using visitor = await visit(browser, house.url);
    await visitor.page.getByText("To add a model here, open the page with: moltbot open").waitFor();
    expect(await visitor.page.getByRole("button", { name: "Paste an API key" }).count()).toBe(0);
  });

  test("a picture that is too large for a frame is made smaller, reaches the model, and is in the history", async () => {
    await using model = await startModelEndpoint({ reply: () => "A lot of noise." });
    const provider = { baseUrl: model.baseUrl, apiKey: "k", models: [{ id: "m", input: ["text", "image"] }] };
    await using house = await startHouse({
      config: { models: { providers: { fake: provider } }, agents: { defaults: { model: "fake/m" } } },
    });
    await using visitor = await visit(browser, house.url);
    const { page } = visitor;
    await page.getByText("model fake/m").waitFor();
    const buffer = await drawPng(page, 1_000, 700, true);
    expect(buffer.length).toBeGreaterThan(524_288);
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "noise.png", mimeType: "image/png", buffer });
    await page.getByRole("img", { name: "noise.png" }).waitFor();
    await page.getByText(/^1 picture, \d+ KiB of at most 510 KiB/).waitFor();
    expect(await page.getByText("does not see pictures").count()).toBe(0);
    await say(page, "What is on it?");
    await page.getByText("A lot of noise.", { exact: true }).waitFor();
    const sent = JSON.stringify(model.requests[0]?.body);
    expect(sent).toContain("data:image/jpeg;base64,");
    expect(sent.length).toBeGreaterThan(100_000);
    await page.reload();
    const picture = page.locator(".mine").getByRole("img", { name: "Picture" });
    await picture.waitFor();
    expect(await picture.evaluate((e) => (e as HTMLImageElement).naturalWidth)).toBeGreaterThan(300);
    expect(visitor.complaints).toEqual([]);
  });

  test("“Ask again” and an edit are messages of their own, which the model sees after the first", async () => {
    await using both = await startModelHouse({ reply: (messages) => `answer ${messages.length}` });
    await using visitor = await visit(browser, both.house.url);
    const { page } = visitor;
    await say(page, "one");
    await page.getByText("answer 1", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Ask again" }).click();
    await page.getByText("answer 3", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).waitFor();
    await box(page).press("ArrowUp");
    await box(page).fill("two");
    await box(page).press("Enter");
    await page.getByText("answer 5", { exact: true }).waitFor();
    const asked = both.model.requests.at(-1)?.messages.map(({ content }) => content);
    expect(asked).toEqual(["one", "answer 1", "one", "answer 3", "two"]);
  });

  test("the gateway's own commands are hinted at, in the language of the page, and one of them runs", async () => {
    await using house = await startHouse();
    await using visitor = await visit(browser, house.url, { locale: "zh-CN" });
    const { page } = visitor;
    await page.getByText("您好，我是内置小助手。").waitFor();
    await box(page).fill("/");
    const options = page.getByRole("option");
    await options.first().waitFor();
    const texts = await options.allTextContents();
    expect(texts.length).toBeGreaterThan(4);
    expect(texts.filter((text) => !/^\/\w+.*[\u4e00-\u9fff]/.test(text))).toEqual([]);
    await box(page).fill("/stat");
    await page.locator("#command-status").waitFor();
    await box(page).press("Enter");
    expect((await box(page).inputValue()).trim()).toBe("/status");
    await box(page).press("Enter");
    await page.locator(".theirs .badge").waitFor();
    expect(visitor.complaints).toEqual([]);
  });

  test("tools that the history tells of are cards, and a link leads to their message", async () => {
    const stateDir = await mkdtemp(join(tmpdir(), "moltbot-tools-"));
    try {
      const db = openDatabase(stateDir);
      const keys = { defaultAgentId: "main", mainKey: "main", scope: "per-sender" as const };
      const sessions = createSessionStore(db, Date.now, keys);
      const at = Date.now();
      db.transaction(() => {
        const call = { type: "toolCall" as const, id: "c", name: "clock", arguments: { zone: "UTC" } };
        const text = (text: string) => [{ type: "text" as const, text }];
        const main = "agent:main:main";
        sessions.append(main, { id: "q", role: "user", content: text("time?"), timestamp: at });
        sessions.append(main, {
          id: "c1",
          role: "assistant",
          content: [call],
          timestamp: at + 1,
          runId: "r",
        });
        sessions.append(main, {
          id: "t1",
          role: "toolResult",
          toolCallId: "c",
          toolName: "clock",
          content: text("12:00"),
          timestamp: at + 2,
        });
        sessions.append(main, {
          id: "a1",
          role: "assistant",
          content: text("Noon."),
          timestamp: at + 3,
          runId: "r",
          stopReason: "stop",
        });
      })();
      closeDatabase(db);
      await using house = await startHouse({ stateDir });
      await using visitor = await visit(browser, `${house.url}chat/main#m=c1`);
      const { page } = visitor;
      await page.locator(".sought .tool").getByText("Done").waitFor();
      await page.locator(".tool summary").focus();
      await page.keyboard.press("Enter");
      await page.getByText("12:00").waitFor();
      expect(await page.locator(".row").count()).toBe(3);
      expect(visitor.complaints).toEqual([]);
    } finally {
      await rm(stateDir, { recursive: true });
    }
  });

  test("a model that sees no pictures is named before one is sent; a second visitor sees it arrive", async () => {
    await using both = await startModelHouse({ mode: "paced", reply: () => "one two" });
    await using first = await visit(browser, both.house.url);
    await using second = await visit(browser, both.house.url);
    await second.page.getByText("What can I do for you?").waitFor();
    const buffer = await drawPng(first.page, 60, 40, false);
    await first.page
      .locator("input[type=file]")
      .setInputFiles({ name: "a.png", mimeType: "image/png", buffer });
    await first.page.getByRole("img", { name: "a.png" }).waitFor();
    await first.page
      .getByText("fake/m does not see pictures: it is told only that there are some.")
      .waitFor();
    await say(first.page, "look");
    await until(() => both.model.requests.length === 1, "the model is asked");
    both.model.release();
    await second.page.locator(".mine").getByRole("img").waitFor();
    await second.page.getByText("one two", { exact: true }).waitFor();
  });
});
