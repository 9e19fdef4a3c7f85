import { expect, test } from "bun:test";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selfSigned, toPem } from "./self-signed.ts";

const { privateKey: key } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const notBefore = Date.parse("2026-11-21T12:00:00Z");
const notAfter = Date.parse("2029-02-18T12:00:00Z");
const make = (names: string[], commonName = "Moltbot on größe") =>
  selfSigned({ key, commonName, names, notBefore, notAfter });

test("Node reads the certificate, and its own key has signed it", () => {
  const certificate = new X509Certificate(make(["localhost", "127.0.0.1"]));
  expect(certificate.checkPrivateKey(key)).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.subject).toBe("CN=Moltbot on größe");
  expect(certificate.issuer).toBe(certificate.subject);
  expect(certificate.ca).toBe(false);
  expect(Date.parse(certificate.validFrom)).toBe(notBefore);
  expect(Date.parse(certificate.validTo)).toBe(notAfter);
});

test("it names hosts and addresses in every spelling, and leaves out what is neither", () => {
  const names = ["localhost", "My.Host", "192.168.1.5", "[::1]", "fe80::1%eth0", "::ffff:1.2.3.4"];
  const more = [
    "2001:db8::5:0:1",
    "::",
    "1:2:3:4:5:6:7:8",
    "no host",
    "ö.example",
    "x".repeat(64),
    "a..b",
    "",
  ];
  const certificate = new X509Certificate(make([...names, ...more]));
  expect(certificate.subjectAltName?.split(", ")).toEqual([
    "DNS:localhost",
    "DNS:my.host",
    "IP Address:192.168.1.5",
    "IP Address:0:0:0:0:0:0:0:1",
    "IP Address:FE80:0:0:0:0:0:0:1",
    "IP Address:0:0:0:0:0:FFFF:102:304",
    "IP Address:2001:DB8:0:0:0:5:0:1",
    "IP Address:0:0:0:0:0:0:0:0",
    "IP Address:1:2:3:4:5:6:7:8",
  ]);
});

test("many names make lengths of every form", () => {
  for (const count of [1, 5, 20, 400, 4_000]) {
    const names = Array.from({ length: count }, (_, index) => `host-${index}.example`);
    const certificate = new X509Certificate(make(names));
    expect(certificate.subjectAltName?.split(", ")).toHaveLength(count);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  }
});

test("serial numbers are positive, as long as one another and never the same", () => {
  const serials = Array.from({ length: 50 }, () => new X509Certificate(make(["localhost"])).serialNumber);
  expect(new Set(serials).size).toBe(50);
  for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
});

test("a certificate for after 2049 is dated in the long form", () => {
  const late = Date.parse("2051-01-01T00:00:00Z");
  const der = selfSigned({ key, commonName: "c", names: ["a"], notBefore, notAfter: late });
  expect(Date.parse(new X509Certificate(der).validTo)).toBe(late);
});

const openssl = Bun.which("openssl");

test.skipIf(openssl === null && process.env.MOLTBOT_TEST_REQUIRE_ALL !== "1")(
  "OpenSSL reads it, finds nothing amiss and verifies it",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "moltbot-certificate-"));
    try {
      const path = join(folder, "tls.crt");
      await writeFile(path, toPem(make(["localhost", "127.0.0.1", "::1"])));
      const ask = (...args: string[]) => {
        const { exitCode, stdout, stderr } = Bun.spawnSync(["openssl", ...args]);
        return { exitCode, out: stdout.toString(), err: stderr.toString() };
      };
      const shown = ask("x509", "-in", path, "-noout", "-text", "-nameopt", "utf8");
      expect(shown).toMatchObject({ exitCode: 0, err: "" });
      expect(shown.out).toContain("Version: 3 (0x2)");
      expect(shown.out).toContain("ASN1 OID: prime256v1");
      expect(shown.out).toContain("Subject: CN=Moltbot on größe");
      expect(shown.out).toContain("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
      expect(shown.out).toMatch(/Basic Constraints: critical\s+CA:FALSE/);
      expect(shown.out).toMatch(/Key Usage: critical\s+Digital Signature/);
      expect(shown.out).toMatch(/Extended Key Usage: \s+TLS Web Server Authentication/);
      const at = ["-attime", String(notBefore / 1000 + 60)];
      const verify = (ip: string) =>
        ask("verify", ...at, "-purpose", "sslserver", "-verify_ip", ip, "-CAfile", path, "-no-CApath", path);
      expect(verify("127.0.0.1")).toEqual({ exitCode: 0, out: `${path}: OK\n`, err: "" });
      expect(verify("127.0.0.2").exitCode).not.toBe(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
