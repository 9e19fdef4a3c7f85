import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { box, missingBrowser, openBrowser, say, until, visit } from "./browser.ts";
import { openScriptedGateway } from "./scripted-gateway.ts";

setDefaultTimeout(30_000);

describe.skipIf(missingBrowser() !== null)("several chats in the page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test("a new chat is a session of its own, with an address that leads back to it", async () => {
    await using gateway = await openScriptedGateway({ echo: (text) => `echo ${text}` });
    gateway.seed(["in the main chat", "yes"]);
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("in the main chat").waitFor();
    await page.getByRole("button", { name: "New chat" }).click();
    await page.getByText("What can I do for you?").waitFor();
    await say(page, "a fresh start");
    await page.getByText("echo a fresh start").first().waitFor();
    const key = gateway.sends()[0]?.sessionKey ?? "";
    expect(key).toMatch(/^agent:main:chat-[0-9a-f]{8}$/);
    expect(page.url()).toBe(`${gateway.url}chat/${encodeURIComponent(key)}`);

    await page.reload();
    await page.getByText("echo a fresh start").first().waitFor();
    await page.goBack();
    await page.getByText("in the main chat").waitFor();
    expect(await page.getByText("echo a fresh start").count()).toBe(0);
  });

  test("a chat is opened, renamed and deleted from the list", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(["main", "yes"]);
    gateway.seed(["plan the trip", "where to?"], "agent:main:trip");
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    const list = page.getByRole("navigation", { name: "Chats" });
    await list.getByRole("link", { name: "plan the trip" }).click();
    await page.getByText("where to?").waitFor();

    await list.getByRole("button", { name: "Rename “plan the trip”" }).click();
    await page.getByLabel("Name of this chat").fill("Lisbon");
    await page.getByLabel("Name of this chat").press("Enter");
    await list.getByRole("link", { name: "Lisbon" }).waitFor();
    expect(gateway.sessions.get("agent:main:trip")?.label).toBe("Lisbon");

    await list.getByRole("button", { name: "Delete “Lisbon”" }).click();
    await list.getByRole("button", { name: "Keep" }).click();
    await list.getByRole("button", { name: "Delete “Lisbon”" }).click();
    expect(gateway.calls("sessions.delete")).toBe(0);
    await list.getByRole("button", { name: "Delete", exact: true }).click();
    await until(() => !gateway.sessions.has("agent:main:trip"), "it is deleted");
    await page.getByText("yes", { exact: true }).waitFor();
    expect(await list.getByRole("link", { name: "Lisbon" }).count()).toBe(0);
    expect(page.url()).toBe(gateway.url);
  });

  test("the main chat cannot be deleted", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(["main", "yes"]);
    await using visitor = await visit(browser, gateway.url);
    await visitor.page.getByRole("button", { name: "Rename “Main chat”" }).waitFor();
    expect(await visitor.page.getByRole("button", { name: /^Delete/ }).count()).toBe(0);
  });

  test("an answer in another chat is marked until it is looked at", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(["main", "yes"]);
    gateway.seed(["plan the trip", "where to?"], "agent:main:trip");
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("yes", { exact: true }).waitFor();
    const payload = { runId: "elsewhere", sessionKey: "agent:main:trip", seq: 0, state: "final" as const };
    gateway.emit("chat", payload);
    await page.getByRole("link", { name: "plan the trip new messages" }).click();
    await page.getByText("where to?").waitFor();
    await page.getByRole("link", { name: "plan the trip", exact: true }).waitFor();
  });

  test("what another client writes under the alias main shows in the main chat", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    await visitor.page.getByText("What can I do for you?").waitFor();
    gateway.begin({ sessionKey: "main", message: "asked elsewhere", idempotencyKey: "elsewhere" });
    gateway.run(0)?.delta("aliased");
    await visitor.page.getByText("asked elsewhere").waitFor();
    await visitor.page.getByText("aliased").waitFor();
  });

  test("a draft belongs to its chat and survives a reload", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(["main", "yes"]);
    gateway.seed(["plan the trip", "where to?"], "agent:main:trip");
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await box(page).fill("half a thought");
    await page.getByRole("link", { name: "plan the trip" }).click();
    await page.getByText("where to?").waitFor();
    expect(await box(page).inputValue()).toBe("");
    await page.goBack();
    await page.getByText("yes", { exact: true }).waitFor();
    expect(await box(page).inputValue()).toBe("half a thought");
    await page.reload();
    await page.getByText("yes", { exact: true }).waitFor();
    expect(await box(page).inputValue()).toBe("half a thought");
  });

  test("below a base path everything is found there, the socket too", async () => {
    await using gateway = await openScriptedGateway({ basePath: "/bot", echo: (text) => `echo ${text}` });
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await say(page, "hello");
    await page.getByText("echo hello").first().waitFor();
    await page.getByRole("button", { name: "New chat" }).click();
    await page.waitForURL(/\/bot\/chat\/agent%3Amain%3Achat-/);
    await page.reload();
    await page.getByText("What can I do for you?").waitFor();
    expect(visitor.complaints).toEqual([]);
  });
});
