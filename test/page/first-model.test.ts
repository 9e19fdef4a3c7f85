import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { box, missingBrowser, openBrowser, say, until, visit } from "./browser.ts";
import type { ScriptedModels } from "./scripted-answers.ts";
import { openScriptedGateway } from "./scripted-gateway.ts";

setDefaultTimeout(30_000);

const ollama = {
  id: "ollama",
  name: "Ollama",
  baseUrl: "http://127.0.0.1:11434/v1",
  models: ["qwen3:8b", "llama3.3:70b"],
};
const studio = {
  id: "lmstudio",
  name: "LM Studio",
  baseUrl: "http://127.0.0.1:1234/v1",
  models: ["gemma-3"],
};

describe.skipIf(missingBrowser() !== null)("the way to a first model", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  async function open(models: ScriptedModels, scopes?: string[]) {
    const gateway = await openScriptedGateway({ model: "none", models, ...(scopes && { scopes }) });
    const visitor = await visit(browser, gateway.url);
    const added = () =>
      gateway.requests.filter(({ method }) => method === "models.add").map(({ params }) => params);
    return {
      gateway,
      page: visitor.page,
      visitor,
      added,
      async [Symbol.asyncDispose]() {
        await visitor[Symbol.asyncDispose]();
        await gateway[Symbol.asyncDispose]();
      },
    };
  }

  test("a server that runs here is offered, used by one click, and answers the next message", async () => {
    await using first = await open({ found: [studio] });
    const { page, added } = first;
    await page.getByRole("button", { name: "Use LM Studio – gemma-3" }).click();
    await page.getByText("lmstudio/gemma-3 answers from now on.").waitFor();
    await page.getByText("What can I do for you?").waitFor();
    await page.getByText("model lmstudio/gemma-3").waitFor();
    expect(added()).toEqual([
      { provider: "lmstudio", baseUrl: studio.baseUrl, models: ["gemma-3"], makeDefault: true },
    ]);
    expect(await box(page).evaluate((e) => e === document.activeElement)).toBe(true);
    await say(page, "hello");
    await until(() => first.gateway.run(0) !== undefined, "it is sent");
    expect(first.visitor.complaints).toEqual([]);
  });

  test("where a server has several models, one is chosen", async () => {
    await using first = await open({ found: [ollama] });
    const { page, added } = first;
    await page.getByText("Ollama on this computer has 2 models:").waitFor();
    await page.getByRole("combobox", { name: "Model of Ollama" }).selectOption("llama3.3:70b");
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByText("ollama/llama3.3:70b answers from now on.").waitFor();
    expect(added()).toEqual([
      {
        provider: "ollama",
        baseUrl: ollama.baseUrl,
        models: ["llama3.3:70b", "qwen3:8b"],
        makeDefault: true,
      },
    ]);
  });

  test("a key is pasted unseen, tried, and is nowhere in the page afterwards", async () => {
    let refuse = true;
    await using first = await open({
      found: [],
      add: () => {
        if (refuse) throw new Error("Anthropic refused the key; copy it again from its settings.");
        return "anthropic/best";
      },
    });
    const { page, added } = first;
    await page.getByText("No AI program was found running on this computer.").waitFor();
    await page.getByRole("button", { name: "Paste an API key" }).click();
    const provider = page.getByRole("combobox", { name: "Provider" });
    expect(await provider.locator("option").allTextContents()).toEqual(["Anthropic", "OpenAI"]);
    expect(await provider.evaluate((e) => e === document.activeElement)).toBe(true);
    const key = page.getByLabel("API key");
    expect(await key.getAttribute("type")).toBe("password");
    expect(await page.getByRole("link", { name: "Get a key from Anthropic" }).getAttribute("href")).toBe(
      "https://example.com/keys",
    );
    await key.fill("sk-very-secret");
    await key.press("Enter");
    await page
      .getByText("That did not work: Anthropic refused the key; copy it again from its settings.")
      .waitFor();
    expect(await key.inputValue()).toBe("sk-very-secret");
    refuse = false;
    await page.getByRole("button", { name: "Try it and use it" }).click();
    await page.getByText("anthropic/best answers from now on.").waitFor();
    expect(added().at(-1)).toEqual({ provider: "anthropic", apiKey: "sk-very-secret", makeDefault: true });
    const left = await page.evaluate(
      () =>
        document.documentElement.outerHTML + JSON.stringify(localStorage) + JSON.stringify(sessionStorage),
    );
    expect(left).not.toContain("sk-very-secret");
  });

  test("any address can be given, and one that is none is not sent", async () => {
    await using first = await open({ found: [] });
    const { page, added } = first;
    await page.getByRole("button", { name: "Another address…" }).click();
    await page.getByLabel("Address").fill("192.168.1.5:8000");
    await page.getByLabel("Address").press("Enter");
    await page.getByRole("alert").getByText("That is no http or https address.").waitFor();
    expect(added()).toEqual([]);
    await page.getByLabel("Address").fill("http://192.168.1.5:8000/v1");
    await page.getByLabel("Address").press("Enter");
    await page.getByText("192.168.1.5/best answers from now on.").waitFor();
    expect(added()).toEqual([
      { provider: "192.168.1.5", baseUrl: "http://192.168.1.5:8000/v1", makeDefault: true },
    ]);
  });

  test("“Back” leads back, and the keyboard with it", async () => {
    await using first = await open({ found: [] });
    const { page } = first;
    await page.getByRole("button", { name: "Paste an API key" }).click();
    await page.getByRole("button", { name: "Back" }).click();
    const button = page.getByRole("button", { name: "Paste an API key" });
    await button.waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === "Paste an API key");
  });

  test("while it is tried nothing is tried a second time", async () => {
    const answer = Promise.withResolvers<string>();
    await using first = await open({ found: [studio], add: () => answer.promise });
    const { page, added } = first;
    await page.getByRole("button", { name: "Use LM Studio – gemma-3" }).click();
    await page.getByText("Asking the model for a first word…").waitFor();
    expect(await page.getByRole("button", { name: "Use LM Studio – gemma-3" }).isDisabled()).toBe(true);
    answer.resolve("lmstudio/gemma-3");
    await page.getByText("lmstudio/gemma-3 answers from now on.").waitFor();
    expect(added()).toHaveLength(1);
  });

  test("without the right to add one, one sentence says how to get it", async () => {
    await using first = await open({ found: [studio] }, ["operator.read", "operator.write"]);
    const { page } = first;
    await page.getByText("To add a model here, open the page with: moltbot open").waitFor();
    expect(await page.getByRole("button", { name: /Use LM Studio|Paste an API key/ }).count()).toBe(0);
    expect(first.gateway.requests.map(({ method }) => method)).not.toContain("models.discover");
  });

  test("in a chat that has begun the way to a model is one line above it", async () => {
    await using first = await open({ found: [studio] });
    const { page } = first;
    first.gateway.control.runtime = "concierge";
    await say(page, "/help");
    await until(() => first.gateway.run(0) !== undefined, "it is sent");
    first.gateway.run(0)?.final("I know some commands.");
    await page.getByText("No AI model answers yet.").waitFor();
    await page.getByRole("button", { name: "Add a model" }).click();
    await page.getByRole("button", { name: "Use LM Studio – gemma-3" }).click();
    await page.getByText("lmstudio/gemma-3 answers from now on.").waitFor();
    await page.getByText("No AI model answers yet.").waitFor({ state: "detached" });
  });

  test("a page that was opened by a link keeps the token that it was given, and no used link", async () => {
    await using gateway = await openScriptedGateway({ secret: "once", pageToken: "for this tab" });
    await using visitor = await visit(browser, `${gateway.url}#t=once`);
    const { page } = visitor;
    await page.getByText("Connected").waitFor();
    await page.reload();
    await page.getByText("Connected").waitFor();
    expect(gateway.connects.map(({ auth }) => auth?.token)).toEqual(["once", "for this tab"]);
  });

  test("what was spent today stands in the status line", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("Connected").waitFor();
    gateway.spend({ day: "2026-01-15", usd: 1.234, capUsd: 5, unpriced: 0 });
    await page.locator(".status").getByText("$1.23 / $5.00 today").waitFor();
  });
});
