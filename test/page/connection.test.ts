import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { box, missingBrowser, openBrowser, say, until, visit } from "./browser.ts";
import { openScriptedGateway } from "./scripted-gateway.ts";

setDefaultTimeout(30_000);

describe.skipIf(missingBrowser() !== null)("the page and its connection", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(["--host-resolver-rules=MAP far.test 127.0.0.1"]);
  });
  afterAll(() => browser.close());

  test("it introduces itself and says where it is connected", async () => {
    await using gateway = await openScriptedGateway({ model: "ollama/qwen3" });
    await using visitor = await visit(browser, gateway.url);
    await visitor.page.getByText("this computer").waitFor();
    expect(await visitor.page.locator(".status").textContent()).toMatch(
      /^Connected\s*this computer\s*model ollama\/qwen3\s*version 0\.1\.0$/,
    );
    expect(gateway.connects).toEqual([
      {
        minProtocol: 3,
        maxProtocol: 4,
        role: "operator",
        scopes: ["operator.read", "operator.write", "operator.admin"],
        caps: ["tool-events"],
        client: {
          id: "webchat-ui",
          version: expect.any(String),
          platform: "web",
          mode: "webchat",
          instanceId: expect.any(String),
        },
        locale: "en",
        userAgent: expect.any(String),
      },
    ]);
  });

  test("where a proxy forbids the script in the document, the page begins without it", async () => {
    await using gateway = await openScriptedGateway({ policy: "script-src 'self'" });
    gateway.seed(["hello", "hi"]);
    await using visitor = await visit(browser, gateway.url);
    await visitor.page.getByText("hi", { exact: true }).waitFor();
    expect(gateway.connects).toHaveLength(1);
    expect(visitor.complaints).toEqual([expect.stringContaining("Content Security Policy")]);
  });

  test("after a lost connection it comes back and shows what was said meanwhile", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(["hello", "hi"]);
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("hi", { exact: true }).waitFor();
    gateway.control.down = true;
    gateway.drop();
    await page.getByText("The connection was lost. Trying again…").waitFor();
    gateway.seed(["from another device", "heard elsewhere"]);
    gateway.control.down = false;
    await page.getByText("heard elsewhere").waitFor();
    await page.getByText("The connection was lost.").waitFor({ state: "detached" });
    expect(await page.getByText("hi", { exact: true }).count()).toBe(1);
  });

  test("“Try now” does not wait for the next attempt", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("Connected").waitFor();
    gateway.control.down = true;
    gateway.drop();
    await page.getByText("The connection was lost.").waitFor();
    gateway.control.down = false;
    await page.getByRole("button", { name: "Try now" }).click();
    await page.getByText("Connected").waitFor();
  });

  test("when nothing answers for a while, it names the address with TLS that may have taken its place", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("Connected").waitFor();
    gateway.control.down = true;
    gateway.drop();
    const secure = gateway.url.replace("http:", "https:");
    await page.getByText("If TLS was switched on meanwhile, open").waitFor();
    expect(await page.getByRole("link", { name: secure }).getAttribute("href")).toBe(secure);
    gateway.control.down = false;
    await page.getByText("If TLS was switched on meanwhile").waitFor({ state: "detached" });
  });

  test("a missing number makes it read the history again, since events are never repeated", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("What can I do for you?").waitFor();
    gateway.emit("tick", { ts: 1 });
    gateway.seed(["missed", "said while nobody listened"]);
    gateway.skipSeq();
    gateway.emit("tick", { ts: 2 });
    await page.getByText("said while nobody listened").waitFor();
  });

  test("a reply whose end was missed does not stay unfinished", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await say(page, "hello");
    await until(() => gateway.run(0) !== undefined, "the message arrives");
    gateway.run(0)?.delta("Half");
    await page.getByText("Half").waitFor();
    gateway.control.down = true;
    gateway.drop();
    await page.getByText("The connection was lost.").waitFor();
    gateway.run(0)?.final("Half and the rest");
    gateway.control.down = false;
    await page.getByText("Half and the rest").first().waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).waitFor();
    expect(await page.getByText("hello", { exact: true }).count()).toBe(1);
    expect(await page.locator(".theirs").count()).toBe(1);
  });

  test("a page that is loaded in the middle of an answer shows it growing", async () => {
    await using gateway = await openScriptedGateway();
    await using first = await visit(browser, gateway.url);
    await say(first.page, "hello");
    await until(() => gateway.run(0) !== undefined, "the message arrives");
    gateway.run(0)?.delta("So far");
    await using second = await visit(browser, gateway.url);
    await second.page.getByText("So far").waitFor();
    await second.page.getByRole("button", { name: "Stop" }).waitFor();
    gateway.run(0)?.final("So far, so good");
    await second.page.getByText("So far, so good").first().waitFor();
    expect(await second.page.locator(".row").count()).toBe(2);
  });

  test("a refused message can be sent again under the same key, and is one bubble", async () => {
    await using gateway = await openScriptedGateway({ echo: (text) => `echo ${text}` });
    gateway.control.refuseSends = 1;
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await say(page, "hello");
    await page.getByText("Not sent: the gateway is busy; try again").waitFor();
    expect(await page.locator(".mine").count()).toBe(1);
    await page.getByRole("button", { name: "Send again" }).click();
    await page.getByText("echo hello").first().waitFor();
    expect(await page.locator(".mine").count()).toBe(1);
    const keys = gateway.sends().map(({ idempotencyKey }) => idempotencyKey);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  test("a message whose answer was lost is sent again under its key, and has one effect", async () => {
    await using gateway = await openScriptedGateway({ echo: (text) => `echo ${text}` });
    gateway.control.loseAnswer = true;
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await say(page, "hello");
    await page.getByText("echo hello").first().waitFor();
    expect(await page.locator(".mine").count()).toBe(1);
    expect(await page.locator(".theirs").count()).toBe(1);
    expect(new Set(gateway.sends().map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  test("a message typed without a connection goes out when there is one", async () => {
    await using gateway = await openScriptedGateway({ echo: (text) => `echo ${text}` });
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("Connected").waitFor();
    gateway.control.down = true;
    gateway.drop();
    await page.getByText("The connection was lost.").waitFor();
    await say(page, "are you there?");
    await page.getByText("Will be sent once connected").waitFor();
    gateway.control.down = false;
    await page.getByText("echo are you there?").first().waitFor();
    expect(gateway.sends()).toHaveLength(1);
  });

  test("a message that was never confirmed survives a reload as not confirmed", async () => {
    await using gateway = await openScriptedGateway({ echo: (text) => `echo ${text}` });
    gateway.control.refuseSends = 1;
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await say(page, "keep me");
    await page.getByText("Not sent").waitFor();
    await page.reload();
    await page.getByText("Not confirmed before the page was reloaded").waitFor();
    await page.getByRole("button", { name: "Send again" }).click();
    await page.getByText("echo keep me").first().waitFor();
    expect(new Set(gateway.sends().map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  test("an announced restart is told apart from a failure", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("Connected").waitFor();
    gateway.control.down = true;
    gateway.shutdown();
    await page.getByText("Moltbot is restarting. This page comes back by itself.").waitFor();
    gateway.control.down = false;
    await page.getByText("Connected").waitFor();
  });

  test("a gateway that falls silent is given up and found again", async () => {
    await using gateway = await openScriptedGateway({ tickIntervalMs: 150 });
    await using visitor = await visit(browser, gateway.url);
    await until(() => gateway.connects.length >= 2, "it connects again");
    expect(visitor.complaints).toEqual([]);
  });

  test("where a secret is needed it asks in one sentence and keeps it in this tab only", async () => {
    await using gateway = await openScriptedGateway({ secret: "open sesame" });
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("This Moltbot is protected: enter its secret to open it.").waitFor();
    await page.getByLabel("Secret").fill("wrong");
    await page.getByLabel("Secret").press("Enter");
    await page.getByText("That secret is not right; check it and enter it again.").waitFor();
    await page.getByLabel("Secret").fill("open sesame");
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByText("Connected").waitFor();
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain("sesame");
    await page.reload();
    await page.getByText("Connected").waitFor();
    expect(gateway.connects.at(-1)?.auth).toEqual({ token: "open sesame", password: "open sesame" });
  });

  test("a secret in the fragment is used once and leaves the address bar", async () => {
    await using gateway = await openScriptedGateway({ secret: "open+sesame/=" });
    await using visitor = await visit(browser, `${gateway.url}#t=${encodeURIComponent("open+sesame/=")}`);
    await visitor.page.getByText("Connected").waitFor();
    expect(visitor.page.url()).toBe(gateway.url);
    expect(gateway.connects).toHaveLength(1);
  });

  test("neither a gateway nor a secret is taken from the query string", async () => {
    await using trap = await openScriptedGateway();
    await using gateway = await openScriptedGateway({ secret: "open sesame" });
    const bait = encodeURIComponent(`ws://127.0.0.1:${trap.port}/`);
    await using visitor = await visit(
      browser,
      `${gateway.url}?gatewayUrl=${bait}&url=${bait}&token=open%20sesame&t=open%20sesame`,
    );
    await visitor.page.getByLabel("Secret").waitFor();
    expect(gateway.connects[0]?.auth).toBeUndefined();
    expect(trap.sockets.size).toBe(0);
    expect(trap.connects).toEqual([]);
  });

  test("over plain HTTP from another host it says why it stays shut and offers the ways in", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, `http://far.test:${gateway.port}/#t=secret`);
    const { page } = visitor;
    await page.getByText("Over plain HTTP from another computer").waitFor();
    await page.getByText(`ssh -N -L ${gateway.port}:127.0.0.1:${gateway.port} you@far.test`).waitFor();
    await page.getByText("over HTTPS").waitFor();
    expect(gateway.connects).toEqual([]);
  });

  test("a part that comes later and is no longer there, as after an update, is said to be missing", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("What can I do for you?").waitFor();
    await page.route("**/assets/*.js", (route) => route.fulfill({ status: 404, body: "not found" }));
    await page.getByRole("button", { name: "Search in this chat" }).click();
    await page
      .getByText("This part of the page could not be loaded. Reload the page and try again.")
      .waitFor();
    await say(page, "still here");
    await until(() => gateway.sends().length === 1, "what is there goes on working");
    gateway.control.secret = "open sesame";
    gateway.drop();
    await page.getByText("Moltbot was updated since this page was loaded. Reload to go on.").waitFor();
  });

  test("with reading rights only, nothing can be typed and the page says so", async () => {
    await using gateway = await openScriptedGateway({ scopes: ["operator.read"] });
    await using visitor = await visit(browser, gateway.url);
    await visitor.page.getByText("You may read here, but not write.").waitFor();
    expect(await box(visitor.page).isDisabled()).toBe(true);
  });
});
