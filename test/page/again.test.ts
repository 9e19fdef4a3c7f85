import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { box, missingBrowser, openBrowser, say, until, visit } from "./browser.ts";
import { openScriptedGateway } from "./scripted-gateway.ts";

setDefaultTimeout(30_000);

describe.skipIf(missingBrowser() !== null)("saying it again", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test("the up-arrow in an empty box brings the last message back; sending makes a new one", async () => {
    await using gateway = await openScriptedGateway({ echo: (text) => `echo ${text}` });
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await say(page, "helo");
    await page.getByText("echo helo").first().waitFor();
    await box(page).press("ArrowUp");
    await page
      .getByRole("main")
      .getByText("Sending makes a new message; the earlier one and its answer stay.")
      .waitFor();
    expect(await box(page).inputValue()).toBe("helo");
    await box(page).fill("hello");
    await box(page).press("Enter");
    await page.getByText("echo hello").first().waitFor();
    expect(await page.locator(".mine").allTextContents()).toHaveLength(2);
    expect(await page.locator(".editing").count()).toBe(0);
    expect(new Set(gateway.sends().map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
  });

  test("the up-arrow in a box with text only moves the cursor", async () => {
    await using gateway = await openScriptedGateway({ echo: (text) => `echo ${text}` });
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await say(page, "first");
    await page.getByText("echo first").first().waitFor();
    await box(page).fill("one\ntwo");
    await box(page).press("ArrowUp");
    expect(await box(page).inputValue()).toBe("one\ntwo");
    expect(await page.locator(".editing").count()).toBe(0);
  });

  test("what was being written is put aside for an edit and comes back, also over a reload", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(["an old question", "an old answer"]);
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.getByText("an old answer").waitFor();
    await box(page).fill("half a thought");
    await page.getByRole("button", { name: "Edit and send anew" }).click();
    expect(await box(page).inputValue()).toBe("an old question");
    await box(page).fill("an edited question");
    await page.reload();
    await page.locator(".editing").waitFor();
    expect(await box(page).inputValue()).toBe("an edited question");
    await box(page).press("Escape");
    expect(await box(page).inputValue()).toBe("half a thought");

    await page.getByRole("button", { name: "Edit and send anew" }).click();
    await box(page).press("Enter");
    await until(() => gateway.sends().length === 1, "the edit is sent");
    expect(gateway.sends()[0]?.message).toBe("an old question");
    expect(await box(page).inputValue()).toBe("half a thought");
  });

  test("“Ask again” asks the last question under a new key, also after a failure", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await say(page, "What is new?");
    await until(() => gateway.run(0) !== undefined, "the message arrives");
    expect(await page.getByRole("button", { name: "Ask again" }).count()).toBe(0);
    gateway.run(0)?.fail("The model cannot be reached; is it running?");
    await page.getByRole("button", { name: "Ask again" }).click();
    await until(() => gateway.run(1) !== undefined, "it is asked again");
    gateway.run(1)?.final("Nothing.");
    await page.getByText("Nothing.").first().waitFor();
    const sends = gateway.sends();
    expect(sends.map(({ message }) => message)).toEqual(["What is new?", "What is new?"]);
    expect(new Set(sends.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
    await page.reload();
    await page.getByRole("button", { name: "Ask again" }).waitFor();
    expect(await page.locator(".mine").count()).toBe(2);
  });

  test("a refused message can be taken back into the box", async () => {
    await using gateway = await openScriptedGateway({ echo: (text) => `echo ${text}` });
    gateway.control.refuseSends = 1;
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await say(page, "hello");
    await page.getByRole("button", { name: "Take back" }).click();
    expect(await box(page).inputValue()).toBe("hello");
    expect(await page.locator(".mine").count()).toBe(0);
    await box(page).press("Enter");
    await page.getByText("echo hello").first().waitFor();
    expect(new Set(gateway.sends().map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
  });

  test("whoever may only read is offered neither", async () => {
    await using gateway = await openScriptedGateway({ scopes: ["operator.read"] });
    gateway.seed(["question", "answer"]);
    await using visitor = await visit(browser, gateway.url);
    await visitor.page.getByText("answer").waitFor();
    for (const name of ["Ask again", "Edit and send anew"]) {
      expect(await visitor.page.getByRole("button", { name }).count()).toBe(0);
    }
  });
});
