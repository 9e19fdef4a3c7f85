import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import type { PairingRequest } from "#protocol/domains/devices.ts";
import { missingBrowser, openBrowser, visit } from "./browser.ts";
import { openScriptedGateway } from "./scripted-gateway.ts";

setDefaultTimeout(30_000);

const phone: PairingRequest = {
  requestId: "r-1",
  deviceId: "d".repeat(64),
  publicKey: "k",
  displayName: "Ada's phone",
  platform: "ios",
  remoteIp: "192.0.2.7",
  role: "operator",
  roles: ["operator"],
  scopes: ["operator.read", "operator.write"],
  reason: "not-paired",
  silent: false,
  isRepair: false,
  ts: 1,
};
const tablet: PairingRequest = {
  ...phone,
  requestId: "r-2",
  deviceId: "e".repeat(64),
  displayName: "Tablet",
  isRepair: true,
  reason: "scope-upgrade",
  scopes: ["operator.admin"],
};

describe.skipIf(missingBrowser() !== null)("a device that asks to be let in", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test("is shown with what it may do, and let in or turned away with one click", async () => {
    await using gateway = await openScriptedGateway({ pending: [{ ...phone }] });
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    const notices = page.locator(".banner");
    await notices.getByText("read chats and write messages").waitFor();
    expect(await notices.locator("span").textContent()).toBe(
      "“Ada's phone” (ios, 192.0.2.7) wants to connect to this Moltbot.  It would be allowed to read chats and write messages.",
    );
    await page.getByRole("button", { name: "Let Ada's phone in" }).click();
    await notices.waitFor({ state: "detached" });
    gateway.emit("device.pair.requested", tablet);
    await page.getByText("It is paired already and asks for more.").waitFor();
    // It is gone at the gateway meanwhile, which the page says.
    await page.getByRole("button", { name: "Turn Tablet away" }).click();
    await page.getByText("That did not work: unknown requestId").waitFor();
    gateway.emit("device.pair.resolved", {
      requestId: "r-2",
      deviceId: tablet.deviceId,
      decision: "expired",
      ts: 2,
    });
    await page.getByText("Tablet").waitFor({ state: "detached" });
    const decided = gateway.requests.filter(({ method }) => /approve|reject/.test(method));
    expect(decided).toEqual([
      { method: "device.pair.approve", params: { requestId: "r-1" } },
      { method: "device.pair.reject", params: { requestId: "r-2" } },
    ]);
    expect(visitor.complaints).toEqual([]);
  });

  test("is shown in Chinese, and after a reconnect", async () => {
    const pending: PairingRequest[] = [];
    await using gateway = await openScriptedGateway({ pending });
    await using visitor = await visit(browser, gateway.url, { locale: "zh-CN" });
    const { page } = visitor;
    await page.getByRole("textbox", { name: "消息" }).waitFor();
    pending.push({ ...tablet });
    gateway.drop();
    await page.getByText("它将可以更改一切。").waitFor();
    await page.getByRole("button", { name: "拒绝 Tablet" }).click();
    await page.getByText("Tablet").waitFor({ state: "detached" });
    expect(pending).toEqual([]);
  });

  test("is not shown, and not asked for, where nobody sits who may decide", async () => {
    await using gateway = await openScriptedGateway({
      pending: [{ ...phone }],
      scopes: ["operator.read", "operator.write"],
    });
    await using visitor = await visit(browser, gateway.url);
    await visitor.page.getByRole("textbox", { name: "Message" }).waitFor();
    expect(await visitor.page.getByText("Ada's phone").count()).toBe(0);
    expect(gateway.calls("device.pair.list")).toBe(0);
  });
});
