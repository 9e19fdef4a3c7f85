import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startHouse } from "../wire/start-house.ts";
import { missingBrowser, openBrowser, say, visit } from "./browser.ts";

setDefaultTimeout(60_000);

describe.skipIf(missingBrowser() !== null)("the page over TLS", () => {
  test("Chromium reads the generated certificate, knows nobody who signed it, and works once it is trusted", async () => {
    await using house = await startHouse({ config: { gateway: { tls: { enabled: true } } } });
    {
      await using cautious = await openBrowser();
      await expect(visit(cautious, house.url)).rejects.toThrow("ERR_CERT_AUTHORITY_INVALID");
    }
    const { publicKey } = new X509Certificate(readFileSync(join(house.stateDir, "tls.crt")));
    const spki = createHash("sha256")
      .update(publicKey.export({ type: "spki", format: "der" }))
      .digest("base64");
    await using browser = await openBrowser([`--ignore-certificate-errors-spki-list=${spki}`]);
    await using visitor = await visit(browser, house.url);
    await visitor.page.getByText("Hi. I am the built-in helper.").waitFor();
    await say(visitor.page, "/whoami");
    await visitor.page.locator(".theirs", { hasText: "agent:main:main" }).waitFor();
    expect(visitor.complaints).toEqual([]);
  });
});
