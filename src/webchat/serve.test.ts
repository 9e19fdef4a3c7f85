import { beforeAll, describe, expect, test } from "bun:test";
import { createPage, type Page } from "./serve.ts";

const KB = 1_000;

function ask(page: Page, path: string, init?: RequestInit): Response {
  const response = page.respond(path, new Request(`http://localhost${path}`, init));
  if (response === null) throw new Error(`${path} is not the page's`);
  return response;
}

/** Everything that belongs to the page, by its address: what the document asks for, and what that asks for. */
async function wholePage(page: Page, at: string): Promise<Map<string, Response>> {
  const found = new Map([[at, ask(page, at, { headers: { "accept-encoding": "gzip" } })]]);
  for (const [, response] of found) {
    if (!/html|javascript/.test(response.headers.get("content-type") ?? "")) continue;
    const text = new TextDecoder().decode(Bun.gunzipSync(await response.clone().arrayBuffer()));
    for (const [, next] of text.matchAll(/"(\/[\w/]*assets\/[^"]+)"/g)) {
      if (next === undefined || found.has(next)) continue;
      found.set(next, ask(page, next, { headers: { "accept-encoding": "gzip" } }));
    }
  }
  return found;
}

describe("the page as it is served", () => {
  let page: Page;
  beforeAll(async () => {
    page = await createPage({ basePath: "" });
  });

  test("the document is the same at every address of the page", async () => {
    const root = await ask(page, "/").text();
    for (const path of ["/chat", "/chat/", "/chat/agent%3Amain%3Amain", "/chat/x/"]) {
      expect(await ask(page, path).text()).toBe(root);
    }
  });

  test("a path of somebody else is left to them", () => {
    for (const path of ["/healthz", "/chats", "/index.html", "/assets/", "/assets/none.js", "/bot/"]) {
      expect(page.respond(path, new Request(`http://localhost${path}`))).toBeNull();
    }
  });

  test("everything that the document asks for is there, hashed, and kept for good", async () => {
    const assets = [...(await wholePage(page, "/")).keys()].filter((path) => path !== "/");
    expect(assets.length).toBeGreaterThan(10);
    for (const path of assets) {
      expect(path).toMatch(/^\/assets\/[a-z]+-[a-z0-9]{8}\.(js|css|svg)$/);
      const response = ask(page, path);
      expect(response.status).toBe(200);
      expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    }
    expect(ask(page, "/").headers.get("cache-control")).toBe("no-cache");
    expect(ask(page, "/favicon.ico").headers.get("content-type")).toBe("image/svg+xml");
  });

  // What is fetched at first is weighed in a browser, in test/page/size.test.ts.
  test("the whole page fits into 120 KB, compressed, with every part that comes later", async () => {
    let bytes = 0;
    for (const response of (await wholePage(page, "/")).values()) {
      expect(response.headers.get("content-encoding")).toBe("gzip");
      bytes += (await response.arrayBuffer()).byteLength;
    }
    expect(bytes).toBeGreaterThan(50 * KB);
    expect(bytes).toBeLessThanOrEqual(120 * KB);
  });

  test("what is compressed is what is served plain", async () => {
    const zipped = ask(page, "/", { headers: { "accept-encoding": "br, gzip;q=0.5" } });
    const plain = ask(page, "/", { headers: { "accept-encoding": "gzip;q=0, br" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(new TextDecoder().decode(Bun.gunzipSync(await zipped.arrayBuffer()))).toBe(await plain.text());
  });

  test("the browser is told to run and load nothing but the page's own", async () => {
    const response = ask(page, "/");
    const { headers } = response;
    const html = await response.text();
    const [, script = ""] = /<script data-base="\/">([^<]+)<\/script>/.exec(html) ?? [];
    const [, styles = ""] = /<style>([^<]+)<\/style>/.exec(html) ?? [];
    expect(script).toContain("WebSocket");
    expect(styles).toContain(":root");
    const [ofScript, ofStyles] = [script, styles].map((part) =>
      new Bun.CryptoHasher("sha256").update(part).digest("base64"),
    );
    expect(headers.get("content-security-policy")).toBe(
      `default-src 'none'; script-src 'self' 'sha256-${ofScript}'; style-src 'self' 'sha256-${ofStyles}'; ` +
        "img-src 'self' data: blob:; " +
        "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  });

  test("the document has one script and one stylesheet of its own, and no handlers", async () => {
    const html = await ask(page, "/").text();
    expect(html).not.toMatch(/ style=|\son[a-z]+=/i);
    expect(html.match(/<style/gi)).toHaveLength(1);
    expect(html.match(/<script(?![^>]*\ssrc=)/gi)).toHaveLength(1);
  });

  test("the page begins with one script, and every part that comes later takes from it what it shares with it", async () => {
    const parts = await wholePage(page, "/");
    const html = await ask(page, "/").text();
    const scripts = [...html.matchAll(/"(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path);
    expect(scripts).toEqual([expect.stringMatching(/^\/assets\/page-/)]);
    const shared = [...parts.keys()].filter((path) => path.endsWith(".js") && path !== scripts[0]);
    const importers = await Promise.all(
      shared.map(async (path) => (await ask(page, path).text()).includes(`from"${scripts[0]}"`)),
    );
    expect(importers.filter(Boolean).length).toBeGreaterThan(5);
  });

  test("a document that the browser has is not sent again", async () => {
    const etag = ask(page, "/").headers.get("etag") ?? "";
    for (const known of [etag, `"other", ${etag}`, etag.replace("W/", ""), "*"]) {
      const response = ask(page, "/", { headers: { "if-none-match": known } });
      expect(response.status).toBe(304);
      expect(await response.text()).toBe("");
    }
    expect(ask(page, "/", { headers: { "if-none-match": '"other"' } }).status).toBe(200);
  });

  test("HEAD has the headers of GET and no body", async () => {
    const head = ask(page, "/", { method: "HEAD" });
    const get = ask(page, "/");
    expect(head.headers.get("content-length")).toBe(get.headers.get("content-length"));
    expect(await head.text()).toBe("");
  });

  test("any other method is refused", () => {
    const response = ask(page, "/chat", { method: "POST" });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, HEAD");
  });
});

test("below a base path every address is below it, and nothing is outside", async () => {
  for (const basePath of ["/bot", "/bot/"]) {
    const page = await createPage({ basePath });
    const assets = [...(await wholePage(page, "/bot/")).keys()].filter((path) => path !== "/bot/");
    for (const path of assets) {
      expect(path).toStartWith("/bot/assets/");
      expect(ask(page, path).status).toBe(200);
    }
    expect(ask(page, "/bot").status).toBe(200);
    expect(ask(page, "/bot/chat/x").status).toBe(200);
    for (const path of ["/", "/chat", "/bots", "/favicon.ico"]) {
      expect(page.respond(path, new Request(`http://localhost${path}`))).toBeNull();
    }
  }
});
