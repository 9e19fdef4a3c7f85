/** The page from another computer's point of view: by a name that is not this host's own, over TLS. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { scopes as everyScope, type Scope } from "#protocol/access.ts";
import { type House, startHouse } from "../wire/start-house.ts";
import { missingBrowser, openBrowser, say, visit } from "./browser.ts";

setDefaultTimeout(60_000);

const secret = "open-sesame";

describe.skipIf(missingBrowser() !== null)("the page on another computer", () => {
  let house: House;
  let browser: Browser;
  let far: string;
  beforeAll(async () => {
    house = await startHouse({
      flags: { token: secret },
      config: { gateway: { tls: { enabled: true }, hosts: ["far.test"] } },
    });
    const { publicKey } = new X509Certificate(readFileSync(join(house.stateDir, "tls.crt")));
    const spki = createHash("sha256")
      .update(publicKey.export({ type: "spki", format: "der" }))
      .digest("base64");
    browser = await openBrowser([
      "--host-resolver-rules=MAP far.test 127.0.0.1",
      `--ignore-certificate-errors-spki-list=${spki}`,
    ]);
    far = `https://far.test:${house.port}/`;
  });
  afterAll(async () => {
    await browser.close();
    await house[Symbol.asyncDispose]();
  });

  /** A client by the key in the state directory. */
  function owner() {
    const token = readFileSync(join(house.stateDir, "local.key"), "utf8").trim();
    return house.connect({ auth: { token }, scopes: [...everyScope] });
  }

  async function linkWith(scopes: Scope[]): Promise<string> {
    await using client = await owner();
    const { url } = await client.call("device.pair.invite", { scopes });
    return url.replace(/^https:\/\/[^/]*\//, far);
  }

  test("waits until its owner lets it in, goes on by itself, comes back without the secret, and is out when revoked", async () => {
    await using visitor = await visit(browser, far);
    const { page } = visitor;
    await page.getByLabel("Secret").fill(secret);
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByRole("heading", { name: "Waiting to be let in" }).waitFor();
    const command = (await page.locator(".shell code").textContent()) ?? "";
    expect(command).toMatch(/^moltbot devices approve \S{36}$/);

    await using client = await owner();
    const { pending } = await client.call("device.pair.list");
    expect(pending).toMatchObject([{ clientId: "webchat-ui", clientMode: "webchat" }]);
    await client.call("device.pair.approve", { requestId: command.split(" ").at(-1) ?? "" });
    await page.getByText("Hi. I am the built-in helper.").waitFor();
    await say(page, "/whoami");
    await page.locator(".theirs", { hasText: "agent:main:main" }).waitFor();

    const tab = await page.context().newPage();
    await tab.goto(far);
    await tab.locator(".theirs", { hasText: "agent:main:main" }).waitFor();
    const { paired, pending: none } = await client.call("device.pair.list");
    expect(none).toEqual([]);
    expect(paired).toHaveLength(1);

    await client.call("device.token.revoke", { deviceId: paired[0]?.deviceId ?? "", role: "operator" });
    for (const each of [page, tab]) await each.getByText("access was revoked on the gateway").waitFor();
    await client.call("device.pair.remove", { deviceId: paired[0]?.deviceId ?? "" });
  });

  test("is let in by one click in its owner's own page", async () => {
    await using visitor = await visit(browser, far);
    await visitor.page.getByLabel("Secret").fill(secret);
    await visitor.page.getByRole("button", { name: "Open" }).click();
    await visitor.page.getByRole("heading", { name: "Waiting to be let in" }).waitFor();
    await using client = await owner();
    const { url } = await client.call("page.link", {});
    await using mine = await visit(browser, url);
    await mine.page.getByRole("button", { name: /^Let .* in$/ }).click();
    await visitor.page.getByRole("textbox", { name: "Message" }).waitFor();
    expect(mine.complaints).toEqual([]);
    const { paired } = await client.call("device.pair.list");
    await client.call("device.pair.remove", { deviceId: paired[0]?.deviceId ?? "" });
    await visitor.page.getByText("This Moltbot is protected: enter its secret to open it.").waitFor();
  });

  test("opens a link once, with what the link allows, and hides its secret from the address at once", async () => {
    const link = await linkWith(["operator.read", "operator.write"]);
    await using visitor = await visit(browser, link);
    const { page } = visitor;
    await page.getByRole("textbox", { name: "Message" }).waitFor();
    expect(page.url()).toBe(far);
    await using client = await owner();
    const { paired } = await client.call("device.pair.list");
    expect(paired).toMatchObject([{ approvedVia: "link", scopes: ["operator.read", "operator.write"] }]);
    // What was not granted is not asked for again.
    await page.reload();
    await page.getByRole("textbox", { name: "Message" }).waitFor();
    expect((await client.call("device.pair.list")).pending).toEqual([]);
    await page.goto(link);
    await page.reload();
    await page.getByRole("textbox", { name: "Message" }).waitFor();
    expect(visitor.complaints).toEqual([]);

    await using late = await visit(browser, link);
    await late.page.getByLabel("Secret").waitFor();
    expect((await client.call("device.pair.list")).paired).toHaveLength(1);
  });

  test("has a key that no script can take out of the browser", async () => {
    await using visitor = await visit(browser, far);
    const { page } = visitor;
    await page.getByLabel("Secret").waitFor();
    const exported = await page.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open("moltbot", 1);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const pair = await new Promise<CryptoKeyPair>((resolve, reject) => {
        const request = database.transaction("keys").objectStore("keys").get("device");
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      return crypto.subtle.exportKey("pkcs8", pair.privateKey).then(
        () => "exported",
        (error: Error) => error.name,
      );
    });
    expect(exported).toBe("InvalidAccessError");
  });
});
