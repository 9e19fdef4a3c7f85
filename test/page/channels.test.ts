import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { fakePlatform } from "../fakes/fake-channel.ts";
import { startTelegram } from "../fakes/telegram.ts";
import { startModelHouse } from "../wire/model-house.ts";
import { startHouse } from "../wire/start-house.ts";
import { missingBrowser, openBrowser, visit } from "./browser.ts";
import { newLink } from "./new-link.ts";

setDefaultTimeout(60_000);

const owner = 77;
const stranger = 99;

describe.skipIf(missingBrowser() !== null)("messaging apps on the page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test("Telegram is connected by its token and Start, and its owner is answered there", async () => {
    await using telegram = await startTelegram();
    await using both = await startModelHouse(
      {},
      { config: { channels: { telegram: { apiRoot: telegram.url } } } },
    );
    await using visitor = await visit(browser, await newLink(both.house));
    const { page } = visitor;
    await page.getByRole("button", { name: "Messaging apps" }).click();
    const panel = page.getByRole("dialog", { name: "Messaging apps" });
    await panel.getByText("Needs a login").waitFor();
    await panel.getByRole("button", { name: "Log in: Telegram" }).click();
    const token = panel.getByLabel("Bot token");
    expect(await token.getAttribute("type")).toBe("password");
    expect(await token.evaluate((e) => e === document.activeElement)).toBe(true);
    await token.fill("12345678:not-this-one");
    await token.press("Enter");
    await panel.getByText("That is no bot token.").or(panel.getByText("does not know this token")).waitFor();
    await token.fill(telegram.token);
    await token.press("Enter");
    const link = panel.getByRole("link", { name: /t\.me/ });
    const start = new URL((await link.getAttribute("href")) ?? "");
    await panel.getByText("Waiting for Start").waitFor();
    // What is waited for stays on screen while it is waited for.
    expect(await link.isVisible()).toBe(true);
    expect(await panel.locator(".code code").textContent()).toBe(start.searchParams.get("start"));
    telegram.chat(owner);
    telegram.say({ from: owner, text: `/start ${start.searchParams.get("start")}` });
    await panel.getByText("Telegram (@gate_test_bot) is connected.").waitFor();
    await panel.getByText("Connected as @gate_test_bot").waitFor();
    telegram.say({ from: owner, text: "hello from my phone" });
    await telegram.until(() =>
      telegram.ours(owner).some(({ text }) => text?.includes("hello from my phone")),
    );
    // Its own time is news as well, without another look.
    await panel.getByText("Last message sent").waitFor();
    const left = await page.evaluate(() => document.documentElement.outerHTML + JSON.stringify(localStorage));
    expect(left).not.toContain(telegram.token);
    expect(visitor.complaints).toEqual([]);
  });

  test("a stranger is a line above the chat, and let in or turned away beside their code", async () => {
    await using telegram = await startTelegram();
    await using both = await startModelHouse(
      {},
      {
        config: {
          channels: {
            telegram: { apiRoot: telegram.url, botToken: telegram.token, allowFrom: [String(owner)] },
          },
        },
      },
    );
    await using visitor = await visit(browser, await newLink(both.house));
    const { page } = visitor;
    await page.getByText("Connected").waitFor();
    expect(await page.locator(".banner").count()).toBe(0);
    telegram.chat(stranger);
    telegram.say({ chat: stranger, from: stranger, text: "are you there?" });
    await page.getByText(/wrote on Telegram and waits to be let in\./).waitFor();
    await page.getByRole("button", { name: "Look" }).click();
    const panel = page.getByRole("dialog", { name: "Messaging apps" });
    const code = (await panel.locator(".code code").textContent()) ?? "";
    await telegram.until(() => telegram.ours(stranger).some(({ text }) => text?.includes(code)));
    await panel.getByRole("button", { name: /^Let in: / }).click();
    await panel.getByText("is let in and gets an answer now.").waitFor();
    await telegram.until(() => telegram.ours(stranger).some(({ text }) => text?.includes("are you there?")));
    await page.locator(".banner").waitFor({ state: "detached" });
    await panel.getByText("Let in so far: 1").click();
    await panel.getByRole("button", { name: /^Shut out: / }).click();
    await panel.getByText("is shut out again.").waitFor();
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    expect(visitor.complaints).toEqual([]);
  });

  test("says why an account waits or is blocked as soon as it is, logs it out and removes it", async () => {
    const platform = fakePlatform();
    await using house = await startHouse({
      channels: [platform.listed],
      config: { channels: { fake: { token: "tok-right-1" } } },
    });
    const line = await platform.line("tok-right-1");
    await using visitor = await visit(browser, await newLink(house));
    const { page } = visitor;
    await page.getByRole("button", { name: "Messaging apps" }).click();
    const panel = page.getByRole("dialog");
    await panel.getByText("Connected as right_bot").waitFor();
    const error = {
      kind: "network",
      message: "the platform cannot be reached",
      hint: "look at the network",
    } as const;
    line.state({ is: "waiting", until: Date.now() + 90_500, attempt: 1, error });
    await panel.getByText("Waiting, tries again in 1 minute").waitFor();
    await panel.getByText("the platform cannot be reached; look at the network").waitFor();
    line.state({ is: "blocked", error: { kind: "auth", message: "the token was revoked" } });
    await panel.getByText("the token was revoked").waitFor();
    await panel.getByRole("button", { name: "Remove: Fake" }).click();
    const keep = panel.getByRole("button", { name: "Keep it" });
    await page.waitForFunction(() => document.activeElement?.textContent === "Keep it");
    await keep.press("Enter");
    await panel.getByRole("button", { name: "Log out: Fake" }).click();
    await panel.getByRole("alert").getByRole("button", { name: "Log out" }).click();
    await panel.getByText("Fake is logged out.").waitFor();
    await panel.getByRole("button", { name: "Remove: Fake" }).click();
    await panel.getByRole("alert").getByRole("button", { name: "Remove" }).click();
    await panel.getByText("Fake is removed.").waitFor();
    await panel.getByRole("button", { name: "Connect Fake", exact: true }).waitFor();
    expect(visitor.complaints).toEqual([]);
  });

  test("a QR code is drawn, and going away ends the login", async () => {
    const platform = fakePlatform({ byToken: false });
    await using house = await startHouse({ channels: [platform.listed] });
    await using visitor = await visit(browser, await newLink(house), {
      locale: "zh-CN",
      colorScheme: "dark",
    });
    const { page } = visitor;
    await page.getByRole("button", { name: "聊天应用", exact: true }).click();
    const panel = page.getByRole("dialog", { name: "聊天应用" });
    await panel.getByRole("button", { name: "连接 Fake" }).click();
    const qr = panel.getByRole("img", { name: "请扫描的二维码" });
    await qr.waitFor();
    expect((await qr.locator("path").getAttribute("d"))?.length).toBeGreaterThan(500);
    await panel.getByRole("button", { name: "取消" }).click();
    await panel.getByRole("button", { name: "连接 Fake" }).click();
    await qr.waitFor();
    platform.scan();
    await panel.getByText("Fake (+1555) 已连接。").waitFor();
    expect(visitor.complaints).toEqual([]);
  });

  test("who may not change anything sees how the accounts are, and how to get there", async () => {
    const platform = fakePlatform();
    await using house = await startHouse({
      channels: [platform.listed],
      config: { channels: { fake: { token: "tok-right-1" } } },
    });
    await using visitor = await visit(browser, house.url);
    const { page } = visitor;
    await page.getByRole("button", { name: "Messaging apps" }).click();
    const panel = page.getByRole("dialog");
    await panel.getByText("Connected as right_bot").waitFor();
    await panel.getByText("moltbot open").waitFor();
    expect(await panel.getByRole("button").count()).toBe(1);
  });
});
