import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "#src/config/error.ts";
import { fingerprintOf } from "#src/lib/fingerprint.ts";
import { selfSigned, toPem } from "./self-signed.ts";
import { openTls, type TlsOptions } from "./tls.ts";

const day = 86_400_000;
const start = Date.parse("2026-11-21T12:00:00Z");

let stateDir: string;
let warnings: string[];
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "moltbot-tls-"));
  warnings = [];
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const open = (more: Partial<TlsOptions> = {}) =>
  openTls({
    files: "generated",
    stateDir,
    configDir: stateDir,
    home: stateDir,
    names: ["localhost", "127.0.0.1", "[::1]", "gate"],
    now: () => start,
    warn: (message) => warnings.push(message),
    ...more,
  });

const at = (days: number) => ({ now: () => start + days * day });
const newKey = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const pemOf = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }) as string;
const write = (name: string, text: string) => writeFileSync(join(stateDir, name), text);
const read = (name: string) => readFileSync(join(stateDir, name), "utf8");
const certificateFor = (key: KeyObject, notAfter = start + 365 * day) =>
  selfSigned({ key, commonName: "own", names: ["gate.example"], notBefore: start - day, notAfter });

describe("a generated certificate", () => {
  test("is made once, for its owner alone, and is the same at every start", () => {
    const first = open();
    expect(statSync(join(stateDir, "tls.key")).mode & 0o777).toBe(0o600);
    expect(statSync(join(stateDir, "tls.crt")).mode & 0o777).toBe(0o600);
    const certificate = new X509Certificate(first.cert);
    expect(certificate.checkPrivateKey(createPrivateKey(first.key))).toBe(true);
    expect(certificate.fingerprint256).toBe(first.fingerprint);
    expect(open({ ...at(700) })).toMatchObject({ cert: first.cert, key: first.key });
    expect(warnings).toEqual([]);
    expect(first.problem()).toBeNull();
  });

  test("names what the gateway is reached by, and says so when that is no longer all", () => {
    const first = open();
    const { subjectAltName } = new X509Certificate(first.cert);
    expect(subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:gate");
    const names = ["localhost", "192.168.1.9", "new.example"];
    expect(open({ names }).fingerprint).toBe(first.fingerprint);
    expect(warnings).toEqual([expect.stringContaining("does not name 192.168.1.9, new.example")]);
  });

  test("is renewed before it ends, with the key that was there", () => {
    const first = open();
    const renewed = open(at(761));
    expect(renewed.key).toBe(first.key);
    expect(renewed.fingerprint).not.toBe(first.fingerprint);
    expect(warnings).toEqual([expect.stringContaining(renewed.fingerprint)]);
    expect(open(at(762)).fingerprint).toBe(renewed.fingerprint);
  });

  test("of a gateway that is never restarted is a problem that health shows, thirty days ahead", () => {
    let now = start;
    const tls = open({ now: () => now });
    now = start + 789 * day;
    expect(tls.problem()).toBeNull();
    now = start + 791 * day;
    expect(tls.problem()).toEqual({
      en: "the TLS certificate ends on 2029-02-18; restart the gateway, which renews it",
      zh: "TLS 证书将于 2029-02-18 过期；重启网关即可更新",
    });
    now = start + 821 * day;
    expect(tls.problem()?.en).toContain("the TLS certificate ended on 2029-02-18, and clients refuse it");
  });

  test("is made from the key where a crash left the key alone", () => {
    const { key } = open();
    rmSync(join(stateDir, "tls.crt"));
    expect(open().key).toBe(key);
  });

  test.each([
    ["a broken key", () => write("tls.key", "nonsense")],
    ["a broken certificate", () => write("tls.crt", "-----BEGIN CERTIFICATE-----\n")],
    ["a key of another certificate", () => write("tls.key", pemOf(newKey()))],
  ])("with %s is never silently replaced, since clients pin it", (_, spoil) => {
    open();
    spoil();
    const before = [read("tls.key"), read("tls.crt")];
    expect(() => open()).toThrow(ConfigError);
    expect(() => open()).toThrow("to have others made (the fingerprint changes)");
    expect([read("tls.key"), read("tls.crt")]).toEqual(before);
  });
});

describe("a certificate of one's own", () => {
  const files = { certPath: "own.crt", keyPath: "own.key" };

  test("is read from beside the config or from home, and nothing is made", () => {
    const key = newKey();
    const der = certificateFor(key);
    write("own.crt", toPem(der));
    write("own.key", pemOf(key));
    const tls = open({ files });
    expect(tls.fingerprint).toBe(fingerprintOf(der));
    expect(
      open({ files: { certPath: "~/own.crt", keyPath: join(stateDir, "own.key") }, configDir: "/" }),
    ).toMatchObject({
      fingerprint: tls.fingerprint,
    });
    expect(() => statSync(join(stateDir, "tls.key"))).toThrow();
  });

  test("is sent with those that lead to its authority", () => {
    const key = newKey();
    write("own.crt", toPem(certificateFor(key)));
    write("own.key", pemOf(key));
    write("ca.crt", toPem(certificateFor(newKey())));
    const { cert } = open({ files: { ...files, caPath: "ca.crt" } });
    expect(cert).toBe(read("own.crt") + read("ca.crt"));
  });

  test("that has ended is served, and its owner is told", () => {
    const key = newKey();
    write("own.crt", toPem(certificateFor(key, start - 1)));
    write("own.key", pemOf(key));
    const problem = open({ files }).problem()?.en;
    expect(problem).toContain("put a new one in the place of gateway.tls.certPath");
    expect(warnings).toEqual([problem ?? "a problem"]);
  });

  test("that cannot be served ends the start, and says why", () => {
    const key = newKey();
    expect(() => open({ files })).toThrow("cannot read gateway.tls.certPath: ");
    write("own.crt", toPem(certificateFor(key)));
    write("own.key", pemOf(newKey()));
    expect(() => open({ files })).toThrow("gateway.tls.keyPath is not the key of the certificate");
    write("own.key", "nonsense");
    expect(() => open({ files })).toThrow(
      "gateway.tls.keyPath (own.key) holds no private key; it must be PEM",
    );
    const locked = key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" });
    write("own.key", String(locked));
    expect(() => open({ files })).toThrow("without a passphrase");
    write("own.crt", "nonsense");
    expect(() => open({ files })).toThrow(
      "gateway.tls.certPath (own.crt) holds no certificate; it must be PEM",
    );
  });
});
