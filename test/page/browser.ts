import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const executablePath = process.env.MOLTBOT_CHROMIUM ?? "/usr/bin/chromium";

/** Why page tests cannot run here, or null. Where everything is required, a missing browser is an error. */
export function missingBrowser(): string | null {
  if (existsSync(executablePath)) return null;
  const reason = `no browser at ${executablePath}; install Chromium or set MOLTBOT_CHROMIUM`;
  if (process.env.MOLTBOT_TEST_REQUIRE_ALL === "1") throw new Error(reason);
  console.warn(`page tests are skipped: ${reason}`);
  return reason;
}

/** A real Chromium with a fresh profile and nothing to say to the network. */
export function openBrowser(extraArguments: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...extraArguments,
    ],
  });
}

export interface Visit {
  page: Page;
  /** What the page complained about; a page that works says nothing. */
  complaints: string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** A visitor with a browser profile of their own. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    locale: "en-GB",
    viewport: { width: 1100, height: 760 },
    ...options,
  });
  context.setDefaultTimeout(8_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** The message box. */
export const box = (page: Page) => page.getByRole("textbox", { name: /^(Message|消息)$/ });

/** Types a message and sends it by Enter. */
export async function say(page: Page, text: string): Promise<void> {
  await box(page).fill(text);
  await box(page).press("Enter");
}

/** A PNG of this size, drawn in the page: noise does not compress, so that it is large. */
export async function drawPng(page: Page, width: number, height: number, noise: boolean): Promise<Buffer> {
  const base64 = await page.evaluate(
    async ([w, h, isNoise]) => {
      const canvas = new OffscreenCanvas(w, h);
      const context = canvas.getContext("2d");
      if (context === null) throw new Error("no canvas");
      const image = context.createImageData(w, h);
      for (let at = 0; at < image.data.length; at += 1) {
        image.data[at] = at % 4 === 3 ? 255 : isNoise ? Math.random() * 256 : (at / 4 / w) & 255;
      }
      context.putImageData(image, 0, 0);
      const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
      let text = "";
      for (const byte of bytes) text += String.fromCharCode(byte);
      return btoa(text);
    },
    [width, height, noise] as const,
  );
  return Buffer.from(base64, "base64");
}

/** Waits until the page's own condition holds in the test's world. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 8_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await Bun.sleep(10);
  }
}
