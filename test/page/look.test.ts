import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { box, drawPng, missingBrowser, openBrowser, say, until, visit } from "./browser.ts";
import { tooSmall, tooWide, violations } from "./inspect.ts";
import { someCommands } from "./scripted-answers.ts";
import { openScriptedGateway, type ScriptedGateway } from "./scripted-gateway.ts";

setDefaultTimeout(60_000);

const rich = [
  "How do I read a file?",
  "# Reading\n\nUse `Bun.file`:\n\n```ts\nconst text = await Bun.file('a-rather-long-name-of-a-file-that-does-not-fit.txt').text();\n```\n\n1. lazy\n2. streamed\n\n> quoted\n\n| Method | Gives |\n|---|---|\n| `text()` | a string |\n\n[manual](https://example.com/a)",
];

const standIn = `two/${"long-name-of-a-model".repeat(4)} answered instead of one/m: one is having trouble (503).`;

const servers = [
  {
    id: "ollama",
    name: "Ollama",
    baseUrl: "http://127.0.0.1:11434/v1",
    models: ["qwen3:8b", "llama3.3:70b"],
  },
  { id: "vllm", name: "vLLM", baseUrl: "http://127.0.0.1:8000/v1", models: [] },
  { id: "lmstudio", name: "LM Studio", baseUrl: "http://127.0.0.1:1234/v1", models: ["gemma-3"] },
];

describe.skipIf(missingBrowser() !== null)("how the page looks and what it lets in", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  async function everyState(gateway: ScriptedGateway, options: BrowserContextOptions) {
    const found: string[] = [];
    await using visitor = await visit(browser, gateway.url, options);
    const { page } = visitor;
    await page.locator("pre").first().waitFor();
    found.push(...(await violations(page)));
    await say(page, "and now?");
    await until(() => gateway.run(0) !== undefined, "the message arrives");
    gateway.run(0)?.delta("So far");
    await page.getByText("So far").waitFor();
    found.push(...(await violations(page)));
    gateway.run(0)?.fail("The model cannot be reached; is it running?");
    await page.locator(".failed").waitFor();
    gateway.control.refuseSends = 1;
    await say(page, "again");
    await page.locator(".not-sent").waitFor();
    found.push(...(await violations(page)));
    gateway.control.down = true;
    gateway.drop();
    await page.locator(".banner").waitFor();
    found.push(...(await violations(page)));
    gateway.control.down = false;
    gateway.control.secret = "secret";
    await page.locator("#secret").waitFor();
    found.push(...(await violations(page)));

    return found;
  }

  /** What there is to do beside talking: tools, pictures, an edit, a search, hints. */
  async function everyTool(options: BrowserContextOptions): Promise<string[]> {
    const found: string[] = [];
    await using gateway = await openScriptedGateway({ commands: someCommands });
    gateway.seed(rich);
    await using visitor = await visit(browser, gateway.url, options);
    const { page } = visitor;
    await page.locator("pre").first().waitFor();
    const buffer = await drawPng(page, 120, 80, false);
    await page
      .locator("input[type=file]")
      .setInputFiles(["a.png", "b.png"].map((name) => ({ name, mimeType: "image/png", buffer })));
    await page.locator(".tray li").nth(1).waitFor();
    found.push(...(await violations(page)));
    await say(page, "and these?");
    await until(() => gateway.run(0) !== undefined, "the message arrives");
    gateway.run(0)?.tool({ phase: "start", name: "look", toolCallId: "a", args: { at: "a.png" } });
    gateway.run(0)?.tool({ phase: "result", name: "look", toolCallId: "a", isError: true, result: "dark" });
    gateway.run(0)?.tool({ phase: "start", name: "look", toolCallId: "b", args: { at: "b.png" } });
    await page.locator(".tool").nth(1).waitFor();
    await page.locator(".tool summary").first().click();
    found.push(...(await violations(page)));
    gateway.run(0)?.final("Two pictures.");
    await page.getByText("Two pictures.", { exact: true }).waitFor();
    await box(page).press("ArrowUp");
    await page.locator(".editing").waitFor();
    found.push(...(await violations(page)));
    await box(page).press("Escape");
    await page.keyboard.press("Control+f");
    await page.locator("#search").fill("e");
    await page.locator(".search-place").getByText(/\d/).waitFor();
    found.push(...(await violations(page)));
    await page.locator("#search").press("Escape");
    await box(page).fill("/");
    await page.getByRole("listbox").waitFor();
    found.push(...(await violations(page)));
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["x"], "x.png", { type: "image/png" }));
      document.body.dispatchEvent(
        new DragEvent("dragover", { bubbles: true, cancelable: true, dataTransfer }),
      );
    });
    await page.locator(".drop").waitFor();
    found.push(...(await violations(page)));
    return found;
  }

  /** An empty chat without a model: what answers, and every way to one. */
  async function everyStart(options: BrowserContextOptions, helper: string): Promise<string[]> {
    const found: string[] = [];
    const add = () => {
      throw new Error("the key was refused");
    };
    await using empty = await openScriptedGateway({ model: "none", models: { found: servers, add } });
    await using newcomer = await visit(browser, empty.url, options);
    const { page } = newcomer;
    await page.getByText(helper).waitFor();
    await page.locator(".found").waitFor();
    found.push(...(await violations(page)));
    await page.locator(".found .primary").click();
    await page.locator(".model-help .failed").waitFor();
    found.push(...(await violations(page)));
    for (const way of [0, 1]) {
      await page.locator("section > .ways button").nth(way).click();
      await page.locator(".model-form").waitFor();
      found.push(...(await violations(page)));
      await page.locator(".model-form button[type=button]").click();
    }
    await using guest = await openScriptedGateway({
      model: "none",
      models: { found: servers },
      scopes: ["operator.read", "operator.write"],
    });
    await using visitor = await visit(browser, guest.url, options);
    await visitor.page.getByText("moltbot open").waitFor();
    found.push(...(await violations(visitor.page)));
    return found;
  }

  for (const colorScheme of ["light", "dark"] as const) {
    for (const [locale, helper] of [
      ["en-GB", "Hi. I am the built-in helper."],
      ["zh-CN", "您好，我是内置小助手。"],
    ] as const) {
      test(`axe finds nothing wrong in ${colorScheme}, ${locale}, in any state`, async () => {
        await using gateway = await openScriptedGateway();
        gateway.seed(rich, undefined, { notice: standIn });
        const options = { colorScheme, locale };
        expect(await everyState(gateway, options)).toEqual([]);
        expect(await everyTool(options)).toEqual([]);
        expect(await everyStart(options, helper)).toEqual([]);
      });
    }
  }

  test("at 320 px nothing scrolls sideways, the list of chats opens over it, and axe agrees", async () => {
    await using gateway = await openScriptedGateway({ commands: someCommands });
    gateway.seed([...rich, "w".repeat(400), `${"x".repeat(400)} and \`${"y".repeat(300)}\``], undefined, {
      notice: standIn,
    });
    await using visitor = await visit(browser, gateway.url, { viewport: { width: 320, height: 640 } });
    const { page } = visitor;
    await page.locator("pre").first().waitFor({ state: "attached" });
    expect(await tooWide(page)).toBe(0);
    expect(await page.getByRole("navigation", { name: "Chats" }).isVisible()).toBe(false);
    await page.getByRole("button", { name: "Show chats" }).click();
    await page.getByRole("navigation", { name: "Chats" }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("navigation", { name: "Chats" }).waitFor({ state: "hidden" });
  });

  test("at 320 px tools, pictures, a search, hints and the ways to a model fit, too", async () => {
    const viewport = { width: 320, height: 640 };
    await using gateway = await openScriptedGateway({ commands: someCommands });
    await using visitor = await visit(browser, gateway.url, { viewport });
    const { page } = visitor;
    await say(page, "go");
    await until(() => gateway.run(0) !== undefined, "the message arrives");
    const long = "a-rather-long-name-of-a-tool-or-of-what-it-was-asked-for".repeat(3);
    gateway.run(0)?.tool({ phase: "start", name: long, toolCallId: "a", args: { long } });
    await page.locator(".tool summary").click();
    expect(await tooWide(page)).toBe(0);
    gateway.run(0)?.final("done");
    const buffer = await drawPng(page, 120, 80, false);
    const names = Array.from({ length: 5 }, (_, index) => `${index}.png`);
    await page
      .locator("input[type=file]")
      .setInputFiles(names.map((name) => ({ name, mimeType: "image/png", buffer })));
    await page.locator(".tray li").nth(4).waitFor();
    await page.keyboard.press("Control+f");
    await page.locator("#search").fill("done");
    await page.locator(".search-place").getByText(/\d/).waitFor();
    expect(await tooWide(page)).toBe(0);
    await box(page).fill("/");
    await page.getByRole("listbox").waitFor();
    expect(await tooWide(page)).toBe(0);

    await using empty = await openScriptedGateway({ model: "none", models: { found: servers } });
    await using newcomer = await visit(browser, empty.url, { viewport });
    await newcomer.page.locator(".found").waitFor();
    expect(await tooWide(newcomer.page)).toBe(0);
    // What greets is at the top, not scrolled away.
    expect(await newcomer.page.getByText("Hi. I am the built-in helper.").isVisible()).toBe(true);
    expect(await newcomer.page.getByRole("log").evaluate((e) => e.scrollTop)).toBe(0);
    await newcomer.page.getByRole("button", { name: "Paste an API key" }).click();
    await newcomer.page.locator(".model-form").waitFor();
    expect(await tooWide(newcomer.page)).toBe(0);
  });

  test("every control is large enough for a finger", async () => {
    const touch = { viewport: { width: 390, height: 800 }, hasTouch: true };
    await using gateway = await openScriptedGateway({ commands: someCommands });
    gateway.seed(rich);
    await using visitor = await visit(browser, gateway.url, touch);
    const { page } = visitor;
    await page.locator("pre").first().waitFor();
    expect(await tooSmall(page)).toEqual([]);
    const buffer = await drawPng(page, 120, 80, false);
    await page.locator("input[type=file]").setInputFiles({ name: "a.png", mimeType: "image/png", buffer });
    await page.locator(".tray li").waitFor();
    await page.getByRole("button", { name: "Search in this chat" }).click();
    await page.locator("#search").waitFor();
    await box(page).fill("/");
    await page.getByRole("listbox").waitFor();
    expect(await tooSmall(page)).toEqual([]);

    await using empty = await openScriptedGateway({ model: "none", models: { found: servers } });
    await using newcomer = await visit(browser, empty.url, touch);
    await newcomer.page.locator(".found").waitFor();
    expect(await tooSmall(newcomer.page)).toEqual([]);
    await newcomer.page.getByRole("button", { name: "Paste an API key" }).click();
    await newcomer.page.locator(".model-form").waitFor();
    expect(await tooSmall(newcomer.page)).toEqual([]);
  });

  test("the keyboard alone gets everywhere, in the order in which it is read", async () => {
    await using gateway = await openScriptedGateway();
    gateway.keep([
      { role: "user", timestamp: 1, id: "u", content: [{ type: "text", text: "question" }] },
      {
        role: "assistant",
        timestamp: 2,
        id: "a",
        content: [
          { type: "toolCall", id: "c", name: "clock", arguments: {} },
          { type: "text", text: "answer" },
        ],
      },
    ]);
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    await page.locator(".tool").waitFor();
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    const stops: string[] = [];
    for (let count = 0; count < 20; count += 1) {
      await page.keyboard.press("Tab");
      stops.push(
        await page.evaluate(() => {
          const e = document.activeElement;
          return e?.getAttribute("aria-label") ?? e?.getAttribute("href") ?? e?.textContent?.trim() ?? "";
        }),
      );
    }
    const way = [
      "Skip to the message box",
      "Search in this chat",
      "New chat",
      "/",
      "Rename “Main chat”",
      "中文",
      "Colours: as the system",
      "Conversation",
      "#m=u",
      "Copy message",
      "Edit and send anew",
      "clockNo result",
      "#m=a",
      "Copy message",
      "Ask again",
      expect.stringMatching(/^Add pictures/),
      "",
    ];
    const first = stops.indexOf("Skip to the message box");
    expect(stops.slice(first, first + way.length)).toEqual(way);
  });

  test("a browser that prefers Chinese gets Chinese, and the choice made by hand stays", async () => {
    await using gateway = await openScriptedGateway({ model: "none" });
    await using visitor = await visit(browser, gateway.url, { locale: "zh-CN" });
    const { page } = visitor;
    await page.getByText("您好，我是内置小助手。").waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("zh-CN");
    expect(gateway.connects[0]?.locale).toBe("zh-CN");
    await page.getByRole("button", { name: "English" }).click();
    await page.getByText("Hi. I am the built-in helper.").waitFor();
    await until(() => gateway.connects.at(-1)?.locale === "en", "the gateway learns of it");
    await page.reload();
    await page.getByText("Hi. I am the built-in helper.").waitFor();
  });

  test("it is dark where the system is, and light by hand", async () => {
    await using gateway = await openScriptedGateway();
    await using visitor = await visit(browser, gateway.url, { colorScheme: "dark" });
    const { page } = visitor;
    await page.getByText("Connected").waitFor();
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(await ground()).toBe("rgb(22, 24, 25)");
    await page.getByRole("button", { name: "Colours: as the system" }).click();
    await page.getByRole("button", { name: "Colours: light" }).waitFor();
    expect(await ground()).toBe("rgb(250, 250, 248)");
    await page.reload();
    await page.getByText("Connected").waitFor();
    expect(await ground()).toBe("rgb(250, 250, 248)");
  });

  test("the first page has no jargon", async () => {
    await using gateway = await openScriptedGateway({ model: "none" });
    await using visitor = await visit(browser, gateway.url);
    await visitor.page.getByText("Hi. I am the built-in helper.").waitFor();
    const all = await visitor.page.evaluate(() => document.body.outerHTML);
    expect(all).not.toMatch(/token|pairing|\bnode\b|operator/i);
  });

  test.each([
    ["the browser's own means", true],
    ["a browser that has none", false],
  ])("whatever a message holds, nothing of it runs, loads or leaves: by %s", async (_, cleansItself) => {
    await using lure = await openScriptedGateway();
    await using gateway = await openScriptedGateway();
    const trap = `http://127.0.0.1:${lure.port}`;
    const evil = [
      '<img src=x onerror="window.hit=1">',
      `![pixel](${trap}/pixel.png)`,
      `<img src="${trap}/raw.png">`,
      "[click](javascript:window.hit=1)",
      "[data](data:text/html,<script>window.hit=1</script>)",
      `<a href="${trap}/x" onclick="window.hit=1" style="position:fixed">styled</a>`,
      "<script>window.hit=1</script><svg onload=window.hit=1><style>*{display:none}</style>",
      `<iframe src="${trap}/frame"></iframe><form action="${trap}/form"><input name=a><button>go</button></form>`,
      "</p></div><h1>broken out</h1>",
      '```"><img src=x onerror=window.hit=1>\ncode\n```',
      "[safe](https://example.com/page)",
      "[near](/elsewhere) [\\u0001js](\\u0001javascript:window.hit=1) > # quoted",
      "> # quoted heading",
    ].join("\n\n");
    gateway.seed([evil, evil]);
    await using visitor = await visit(browser, gateway.url);
    const { page } = visitor;
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    if (!cleansItself) await page.addInitScript(() => Reflect.deleteProperty(Element.prototype, "setHTML"));
    await page.reload();
    expect(await page.evaluate(() => "setHTML" in Element.prototype)).toBe(cleansItself);
    const safe = page.getByRole("link", { name: "safe" });
    await safe.waitFor();
    expect(await safe.getAttribute("rel")).toBe("noopener noreferrer");
    expect(await safe.getAttribute("target")).toBe("_blank");
    // As it streams in, too.
    await say(page, "go on");
    await until(() => gateway.run(0) !== undefined, "the message arrives");
    gateway.run(0)?.delta(`${evil}\n\nthe end`);
    await page.getByText("the end").waitFor();
    const left = await page.evaluate(() => {
      const inside = document.querySelectorAll(".theirs *");
      const attributes = [...inside].flatMap((e) => [...e.attributes].map(({ name }) => name));
      return {
        hit: "hit" in window,
        forbidden: document.querySelectorAll(
          ".markdown :is(img, iframe, form, input, script, style, h1, h2, [style], [onclick], [onerror])",
        ).length,
        handlers: attributes.filter((name) => name.startsWith("on")),
        links: [...document.querySelectorAll(".markdown a[href]")]
          .map((e) => e.getAttribute("href") ?? "")
          .filter((href) => !/^https?:/.test(href)),
      };
    });
    expect(left).toEqual({ hit: false, forbidden: 0, handlers: [], links: [] });
    expect(asked.filter((url) => url.startsWith(trap))).toEqual([]);
    expect(visitor.complaints).toEqual([]);
  });

  test("the name of a chat is only a name", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(["main", "yes"]);
    const name = "</script><img src=x onerror=window.hit=1>";
    gateway.seed(["x", "y"], "agent:main:x");
    const session = gateway.sessions.get("agent:main:x");
    if (session) session.label = name;
    await using visitor = await visit(browser, gateway.url);
    await visitor.page.getByRole("link", { name }).click();
    await visitor.page.getByText("y", { exact: true }).waitFor();
    expect(await visitor.page.evaluate(() => "hit" in window)).toBe(false);
    expect(visitor.complaints).toEqual([]);
  });

  test("two thousand messages are there quickly, and only the visible ones are drawn", async () => {
    await using gateway = await openScriptedGateway();
    gateway.seed(Array.from({ length: 2_000 }, (_, index) => `message ${index} with **some** \`code\``));
    await using visitor = await visit(browser, gateway.url);
    await visitor.page.getByText("message 1999").waitFor();
    // Counted from the start of the navigation.
    const readyMs = await visitor.page.evaluate(() => performance.now());
    expect(readyMs).toBeLessThan(3_000);
    await visitor.page.waitForFunction(() => document.querySelectorAll(".row").length === 50);
  });
});
