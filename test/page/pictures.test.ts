import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { box, drawPng, missingBrowser, openBrowser, say, until, visit } from "./browser.ts";
import { openScriptedGateway, type ScriptedGateway } from "./scripted-gateway.ts";

setDefaultTimeout(40_000);

interface Given {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

const pdf: Given = { name: "notes.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") };

async function choose(page: Page, ...files: Given[]): Promise<void> {
  await page.locator("input[type=file]").setInputFiles(files);
}

/** Gives files to the page as a paste into the message box, or as a drop anywhere. */
async function hand(page: Page, how: "paste" | "drop", files: Given[], text?: string): Promise<void> {
  const sent = files.map(({ name, mimeType, buffer }) => ({
    name,
    mimeType,
    data: buffer.toString("base64"),
  }));
  await page.evaluate(
    ({ how, sent, text }) => {
      const transfer = new DataTransfer();
      for (const { name, mimeType, data } of sent) {
        const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type: mimeType }));
      }
      if (text !== undefined) transfer.setData("text/plain", text);
      const target =
        how === "paste" ? document.getElementById("message") : document.querySelector(".messages");
      const init = { bubbles: true, cancelable: true };
      target?.dispatchEvent(
        how === "paste"
          ? new ClipboardEvent("paste", { ...init, clipboardData: transfer })
          : new DragEvent("drop", { ...init, dataTransfer: transfer }),
      );
    },
    { how, sent, text },
  );
}

async function png(page: Page, name: string, width = 60, height = 40, noise = false): Promise<Given> {
  return { name, mimeType: "image/png", buffer: await drawPng(page, width, height, noise) };
}

async function open(gateway: ScriptedGateway, browser: Browser) {
  const visitor = await visit(browser, gateway.url);
  await visitor.page.getByText("Connected").waitFor();
  return visitor;
}

/** The size in pixels that a browser sees in what was sent. */
function sizeIn(page: Page, mimeType: string, data: string) {
  return page.evaluate(async (url) => {
    const image = new Image();
    image.src = url;
    await image.decode();
    return { width: image.naturalWidth, height: image.naturalHeight };
  }, `data:${mimeType};base64,${data}`);
}

describe.skipIf(missingBrowser() !== null)("pictures in messages", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  test("small pictures go as they are, by the button, by paste and by drop, in their order", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await open(gateway, browser);
    const { page } = visitor;
    const [a, b, c] = [await png(page, "a.png"), await png(page, "b.png", 50), await png(page, "c.png", 40)];
    await choose(page, a);
    await page.getByRole("img", { name: "a.png" }).waitFor();
    await hand(page, "paste", [b]);
    await page.getByRole("img", { name: "b.png" }).waitFor();
    await hand(page, "drop", [c]);
    await page.getByRole("img", { name: "c.png" }).waitFor();
    await page.getByText(/^3 pictures, \d KiB of at most 510 KiB\./).waitFor();
    await say(page, "look");
    await until(() => gateway.sends().length === 1, "it is sent");
    expect(gateway.sends()[0]).toMatchObject({
      message: "look",
      attachments: [a, b, c].map(({ buffer }) => ({
        type: "image",
        mimeType: "image/png",
        content: buffer.toString("base64"),
      })),
    });
    await page.locator(".mine").getByRole("img").nth(2).waitFor();
    expect(await page.locator(".mine").getByRole("img").count()).toBe(3);
    expect(await page.getByRole("img", { name: "Picture 2 of 3" }).isVisible()).toBe(true);
    expect(await page.locator(".tray").count()).toBe(0);

    await page.reload();
    await page.getByRole("img", { name: "Picture 3 of 3" }).waitFor();
    expect(visitor.complaints).toEqual([]);
  });

  test("a picture alone is a message", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await open(gateway, browser);
    const { page } = visitor;
    expect(await page.getByRole("button", { name: "Send", exact: true }).isDisabled()).toBe(true);
    await choose(page, await png(page, "a.png"));
    await page.getByRole("img", { name: "a.png" }).waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await until(() => gateway.sends().length === 1, "it is sent");
    expect(gateway.sends()[0]?.message).toBe("");
    await page.locator(".mine").getByRole("img", { name: "Picture", exact: true }).waitFor();
  });

  test("large ones are made smaller until the whole frame fits the gateway's limit", async () => {
    await using gateway = await openScriptedGateway({ maxPayload: 200_000 });
    await using visitor = await open(gateway, browser);
    const { page } = visitor;
    await choose(
      page,
      await png(page, "huge.png", 1_600, 1_000, true),
      await png(page, "large.png", 600, 800, true),
      await png(page, "small.png"),
    );
    await page
      .getByText(/^3 pictures, \d+ KiB of at most 193 KiB\. Larger ones are made smaller\./)
      .waitFor();
    await say(page, "what is this?");
    await until(() => gateway.sends().length === 1, "it is sent");
    expect(gateway.largestFrame()).toBeLessThanOrEqual(200_000);
    // Not needlessly small either.
    expect(gateway.largestFrame()).toBeGreaterThan(80_000);
    const sent = gateway.sends()[0]?.attachments ?? [];
    expect(sent.map(({ mimeType }) => mimeType)).toEqual(["image/jpeg", "image/jpeg", "image/png"]);
    const sizes = await Promise.all(
      sent.map(({ mimeType = "", content }) => sizeIn(page, mimeType, String(content))),
    );
    expect((sizes[0]?.width ?? 0) / (sizes[0]?.height ?? 1)).toBeCloseTo(1.6, 1);
    expect((sizes[1]?.width ?? 0) / (sizes[1]?.height ?? 1)).toBeCloseTo(0.75, 1);
    expect(sizes[0]?.width).toBeLessThan(1_600);
    expect(sizes[2]).toEqual({ width: 60, height: 40 });
  });

  test("text that takes the room of the pictures makes them smaller still, without a word lost", async () => {
    await using gateway = await openScriptedGateway({ maxPayload: 200_000 });
    await using visitor = await open(gateway, browser);
    const { page } = visitor;
    await choose(page, await png(page, "large.png", 1_200, 900, true));
    await page.getByText(/^1 picture, /).waitFor();
    const text = "x".repeat(120_000);
    await say(page, text);
    await until(() => gateway.sends().length === 1, "it is sent");
    expect(gateway.largestFrame()).toBeLessThanOrEqual(200_000);
    expect(gateway.sends()[0]?.message).toBe(text);
    expect(gateway.sends()[0]?.attachments).toHaveLength(1);
  });

  test("transparency survives where there is room for it", async () => {
    await using gateway = await openScriptedGateway({ maxPayload: 160_000 });
    await using visitor = await open(gateway, browser);
    const { page } = visitor;
    const data = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(600, 600);
      const context = canvas.getContext("2d");
      // The same picture in every run: how small it gets decides what it becomes.
      let seed = 7;
      const random = () => {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        return seed / 2_147_483_648;
      };
      for (let at = 0; at < 4_000; at += 1) {
        if (context) context.fillStyle = `hsl(${random() * 360} 90% 50%)`;
        context?.fillRect(random() * 300, random() * 600, 9, 9);
      }
      const blob = await canvas.convertToBlob({ type: "image/png" });
      let text = "";
      for (const byte of new Uint8Array(await blob.arrayBuffer())) text += String.fromCharCode(byte);
      return btoa(text);
    });
    expect(data.length).toBeGreaterThan(160_000);
    await choose(page, { name: "clear.png", mimeType: "image/png", buffer: Buffer.from(data, "base64") });
    await page.getByText(/^1 picture, /).waitFor();
    await say(page, "see through?");
    await until(() => gateway.sends().length === 1, "it is sent");
    const { mimeType, content } = gateway.sends()[0]?.attachments?.[0] ?? {};
    expect(["image/png", "image/webp"]).toContain(String(mimeType));
    const alpha = await page.evaluate(async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      const context = new OffscreenCanvas(image.naturalWidth, image.naturalHeight).getContext("2d");
      context?.drawImage(image, 0, 0);
      return context?.getImageData(image.naturalWidth - 2, 2, 1, 1).data[3];
    }, `data:${mimeType};base64,${content}`);
    expect(alpha).toBe(0);
  });

  test("what is no picture is refused in one sentence, and the pictures beside it are taken", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await open(gateway, browser);
    const { page } = visitor;
    await hand(page, "drop", [pdf]);
    await page
      .getByText("Only pictures can be sent here, and “notes.pdf” is none.", { exact: true })
      .waitFor();
    await hand(page, "drop", [pdf, await png(page, "a.png"), { ...pdf, name: "b.zip" }]);
    await page
      .getByText("Only pictures can be sent here, and “notes.pdf” and 1 more are none.", { exact: true })
      .waitFor();
    await page.getByRole("img", { name: "a.png" }).waitFor();
    await choose(page, { name: "broken.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
    await page
      .getByText(
        "This browser cannot read “broken.png” as a picture; save it as PNG or JPEG and add it again.",
      )
      .waitFor();
    expect(await page.locator(".tray li").count()).toBe(1);
    expect(page.url()).toBe(gateway.url);
  });

  test("more than fit into one message are refused, not dropped in silence", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await open(gateway, browser);
    const { page } = visitor;
    const one = await png(page, "a.png");
    await choose(page, ...Array.from({ length: 12 }, (_, index) => ({ ...one, name: `${index}.png` })));
    await page.getByText("One message takes at most 10 pictures").waitFor();
    // The sentence stands at once; the pictures follow as they are read.
    await page.locator(".tray li").nth(9).waitFor();
    expect(await page.locator(".tray li").count()).toBe(10);
  });

  test("text that programs copy together with a picture of it is pasted as text", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await open(gateway, browser);
    const { page } = visitor;
    await hand(page, "paste", [await png(page, "cells.png")], "a table");
    await choose(page, await png(page, "other.png"));
    await page.getByRole("img", { name: "other.png" }).waitFor();
    expect(await page.locator(".tray li").count()).toBe(1);
  });

  test("a picture is removed by its button, and the keyboard goes on at the next one", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await open(gateway, browser);
    const { page } = visitor;
    await choose(page, await png(page, "a.png"), await png(page, "b.png"));
    await page.getByRole("button", { name: "Remove a.png" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("img", { name: "a.png" }).waitFor({ state: "detached" });
    const focused = () =>
      page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.id);
    expect(await focused()).toBe("Remove b.png");
    await page.keyboard.press("Enter");
    await page.locator(".tray").waitFor({ state: "detached" });
    expect(await focused()).toBe("message");
  });

  test("while files hover over the page it says where they can be dropped", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await open(gateway, browser);
    const { page } = visitor;
    const hover = (type: string) =>
      page.evaluate((type) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["x"], "x.png", { type: "image/png" }));
        document.body.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
      }, type);
    await hover("dragover");
    await page.getByText("Drop pictures here").waitFor();
    await hover("dragleave");
    await page.getByText("Drop pictures here").waitFor({ state: "detached" });
  });

  test("attached pictures survive a reload, and belong to their chat", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(["other", "chat"], "agent:main:other");
    await using visitor = await open(gateway, browser);
    const { page } = visitor;
    await choose(page, await png(page, "a.png"));
    await page.getByRole("img", { name: "a.png" }).waitFor();
    await page.reload();
    await page.getByRole("img", { name: "a.png" }).waitFor();
    await page.getByRole("link", { name: "other" }).click();
    await page.locator(".tray").waitFor({ state: "detached" });
    await page.goBack();
    await page.getByRole("img", { name: "a.png" }).waitFor();
  });

  test("pictures that wait for others go to the chat that they were given to", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await open(gateway, browser);
    const { page } = visitor;
    const [first, second] = [await png(page, "first.png"), await png(page, "second.png")];
    await page.evaluate(() => {
      const read = createImageBitmap;
      const held = new Promise((resolve) => addEventListener("release", resolve, { once: true }));
      globalThis.createImageBitmap = async (file: ImageBitmapSource) => {
        await held;
        return read(file);
      };
    });
    await hand(page, "paste", [first]);
    await hand(page, "paste", [second]);
    await page.getByRole("button", { name: "New chat" }).click();
    await page.waitForURL(/\/chat\//);
    await page.evaluate(() => dispatchEvent(new Event("release")));
    // What is taken up later is taken up after these.
    await hand(page, "paste", [await png(page, "third.png")]);
    await page.getByRole("img", { name: "third.png" }).waitFor();
    expect(await page.locator(".tray").getByRole("img").count()).toBe(1);
    await page.goBack();
    await page.getByRole("img", { name: "first.png" }).waitFor();
    await page.getByRole("img", { name: "second.png" }).waitFor();
  });

  test("a message with a picture that was not confirmed is sent again word for word and byte for byte", async () => {
    await using gateway = await openScriptedGateway();
    gateway.control.refuseSends = 1;
    await using visitor = await open(gateway, browser);
    const { page } = visitor;
    await choose(page, await png(page, "a.png"));
    await page.getByRole("img", { name: "a.png" }).waitFor();
    await say(page, "look");
    await page.getByText("Not sent").waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Send again" }).click();
    await until(() => gateway.run(0) !== undefined, "it arrives");
    const [first, second] = gateway.sends();
    expect(second).toEqual(first as NonNullable<typeof first>);
  });

  test("an edit brings the pictures back, too", async () => {
    await using gateway = await openScriptedGateway({ echo: (text) => `echo ${text}` });
    await using visitor = await open(gateway, browser);
    const { page } = visitor;
    await choose(page, await png(page, "a.png"));
    await page.getByRole("img", { name: "a.png" }).waitFor();
    await say(page, "look");
    await page.getByText("echo look").first().waitFor();
    await box(page).press("ArrowUp");
    await page.locator(".tray li").waitFor();
    await box(page).fill("look closer");
    await box(page).press("Enter");
    await until(() => gateway.sends().length === 2, "the edit is sent");
    expect(gateway.sends()[1]?.attachments).toEqual(gateway.sends()[0]?.attachments);
  });

  test("whoever may only read can neither attach nor drop", async () => {
    await using gateway = await openScriptedGateway({ scopes: ["operator.read"] });
    await using visitor = await open(gateway, browser);
    const { page } = visitor;
    expect(await page.getByRole("button", { name: /^Add pictures/ }).isDisabled()).toBe(true);
    await hand(page, "drop", [await png(page, "a.png")]);
    await page.getByText("You may read here, but not write.").waitFor();
    expect(await page.locator(".tray").count()).toBe(0);
    expect(page.url()).toBe(gateway.url);
  });
});
