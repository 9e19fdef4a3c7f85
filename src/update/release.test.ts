import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explainFailure } from "#src/cli/failure.ts";
import { fetchExecutable, newestRelease } from "./release.ts";

const caught = (work: Promise<unknown>) => work.then(() => null).catch((error: unknown) => error);

test("what a source may not do is said in the language of who asks", async () => {
  const source = mkdtempSync(join(tmpdir(), "moltbot-release-"));
  try {
    const options = { source, key: Buffer.alloc(32, 1).toString("base64"), target: "linux-x64" };
    const said: [cause: unknown, en: string, zh: string][] = [];
    said.push([await caught(newestRelease(options)), `cannot read SHA256SUMS`, "无法从"]);
    writeFileSync(join(source, "SHA256SUMS"), "");
    writeFileSync(join(source, "SHA256SUMS.sig"), "AAAA");
    said.push([await caught(newestRelease(options)), "is not signed by", "不是由本程序的制作者签名"]);
    said.push([
      await caught(newestRelease({ ...options, key: "AAAA" })),
      "no Ed25519 key",
      "不是 Ed25519 公钥",
    ]);
    writeFileSync(join(source, "a.tar.gz"), "no archive");
    const release = { version: "1.0.0", archive: "a.tar.gz", sha256: "0".repeat(64) };
    said.push([
      await caught(fetchExecutable(source, release)),
      "is not what the signed list says",
      "与签名列表不符",
    ]);
    const sha256 = new Bun.CryptoHasher("sha256").update("no archive").digest("hex");
    const whole = { ...release, sha256 };
    said.push([await caught(fetchExecutable(source, whole)), "a.tar.gz", "a.tar.gz"]);
    for (const [cause, en, zh] of said) {
      expect(explainFailure(cause, "en").message).toContain(en);
      expect(explainFailure(cause, "zh").message).toContain(zh);
    }
  } finally {
    rmSync(source, { recursive: true, force: true });
  }
});
