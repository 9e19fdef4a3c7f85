import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { isAbsolute, join } from "node:path";
import { ConfigError } from "#src/config/error.ts";
import type { TlsFiles } from "#src/config/gateway.ts";
import { writeFileAtomic } from "#src/lib/atomic-file.ts";
import { messageOf } from "#src/lib/errors.ts";
import { fingerprintOf } from "#src/lib/fingerprint.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import { nameIn, selfSigned, toPem } from "./self-signed.ts";

export interface TlsOptions {
  /** The files that the config names; `generated` for a certificate of our own in the state directory. */
  files: TlsFiles | "generated";
  stateDir: string;
  /** What relative paths in the config start from, and what `~` is. */
  configDir: string;
  home: string;
  /** Under which names and addresses clients reach this gateway. */
  names: readonly string[];
  now: () => number;
  warn: (message: string) => void;
}

/** What the listener needs, and what clients pin. */
export interface Tls {
  /** PEM: the certificate, and behind it those that lead to its authority. */
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the certificate's DER bytes. */
  readonly fingerprint: string;
  /** What its owner should do about the certificate soon; null where nothing. */
  problem(): Sentence | null;
}

const dayMs = 86_400_000;
/** Apple's systems take no certificate for longer than 825 days, not even one that a person trusts by hand. */
const lifeMs = 820 * dayMs;
/** A client's clock may be behind ours. */
const earlyMs = dayMs;
/** Renewed at a start when less is left. The key stays; the certificate, and so its fingerprint, changes. */
const renewMs = 60 * dayMs;
const urgentMs = 30 * dayMs;

/** Reads the certificate, or makes one. Throws a `ConfigError` for one that cannot be served. */
export function openTls(options: TlsOptions): Tls {
  return options.files === "generated" ? generated(options) : configured(options.files, options);
}

function configured(files: TlsFiles, options: TlsOptions): Tls {
  const cert = readConfigured("certPath", files.certPath, options);
  const key = readConfigured("keyPath", files.keyPath, options);
  const chain = files.caPath === undefined ? "" : readConfigured("caPath", files.caPath, options);
  const certificate = toCertificate(cert, `gateway.tls.certPath (${files.certPath})`);
  const privateKey = toKey(key, `gateway.tls.keyPath (${files.keyPath})`);
  if (chain !== "") toCertificate(chain, `gateway.tls.caPath (${files.caPath})`);
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new ConfigError({
      en: "gateway.tls.keyPath is not the key of the certificate in gateway.tls.certPath",
      zh: "gateway.tls.keyPath 不是 gateway.tls.certPath 中证书的私钥",
    });
  }
  const remedy = {
    en: "put a new one in the place of gateway.tls.certPath and restart the gateway",
    zh: "请在 gateway.tls.certPath 处换上新证书，然后重启网关",
  };
  return served(certificate, [cert.trimEnd(), chain].filter(Boolean).join("\n"), key, remedy, options);
}

function generated(options: TlsOptions): Tls {
  const keyPath = join(options.stateDir, "tls.key");
  const certPath = join(options.stateDir, "tls.crt");
  const again = {
    en: `remove ${keyPath} and ${certPath} to have others made (the fingerprint changes)`,
    zh: `请删除 ${keyPath} 和 ${certPath} 以重新生成（指纹会改变）`,
  };
  const hadKey = existsSync(keyPath);
  if (!hadKey) {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileAtomic(keyPath, privateKey.export({ type: "pkcs8", format: "pem" }), 0o600);
  }
  const key = readPlain(keyPath, again);
  const privateKey = toKey(key, keyPath, again);
  const kept =
    hadKey && existsSync(certPath) ? toCertificate(readPlain(certPath, again), certPath, again) : null;
  if (kept !== null && !kept.checkPrivateKey(privateKey)) {
    throw new ConfigError({
      en: `${keyPath} is not the key of ${certPath}; ${again.en}`,
      zh: `${keyPath} 不是 ${certPath} 的私钥；${again.zh}`,
    });
  }
  const current = kept !== null && endOf(kept) - options.now() > renewMs ? kept : null;
  const certificate = current ?? make(privateKey, options);
  if (current === null) writeFileAtomic(certPath, toPem(certificate.raw), 0o600);
  if (current === null && kept !== null) {
    const fingerprint = fingerprintOf(certificate.raw);
    options.warn(`the TLS certificate was renewed; clients that pin it need its fingerprint: ${fingerprint}`);
  }
  const missing = options.names.filter((name) => !names(certificate, name));
  if (missing.length > 0) {
    options.warn(
      `the TLS certificate does not name ${missing.join(", ")}; remove ${certPath} to have another made`,
    );
  }
  const remedy = { en: "restart the gateway, which renews it", zh: "重启网关即可更新" };
  return served(certificate, toPem(certificate.raw), key, remedy, options);
}

function make(key: KeyObject, { names, now }: TlsOptions): X509Certificate {
  const commonName = `Moltbot on ${hostname()}`.slice(0, 64);
  const at = now();
  return new X509Certificate(
    selfSigned({ key, commonName, names, notBefore: at - earlyMs, notAfter: at + lifeMs }),
  );
}

function served(
  certificate: X509Certificate,
  cert: string,
  key: string,
  remedy: Sentence,
  { now, warn }: TlsOptions,
): Tls {
  const end = endOf(certificate);
  const day = new Date(end).toISOString().slice(0, 10);
  const tls: Tls = {
    cert,
    key,
    fingerprint: fingerprintOf(certificate.raw),
    problem() {
      const left = end - now();
      if (left >= urgentMs) return null;
      const [en, zh] =
        left <= 0
          ? [
              `the TLS certificate ended on ${day}, and clients refuse it`,
              `TLS 证书已于 ${day} 过期，客户端会拒绝`,
            ]
          : [`the TLS certificate ends on ${day}`, `TLS 证书将于 ${day} 过期`];
      return { en: `${en}; ${remedy.en}`, zh: `${zh}；${remedy.zh}` };
    },
  };
  const problem = tls.problem();
  if (problem !== null) warn(problem.en);
  return tls;
}

function endOf(certificate: X509Certificate): number {
  return Date.parse(certificate.validTo);
}

/** Whether a certificate names a host; of a name that no certificate can hold nothing is expected. */
function names(certificate: X509Certificate, host: string): boolean {
  const [kind, name] = nameIn(host);
  if (kind === "address") return certificate.checkIP(name) !== undefined;
  return kind === "none" || certificate.checkHost(name) !== undefined;
}

function readConfigured(setting: keyof TlsFiles, path: string, { configDir, home }: TlsOptions): string {
  const expanded = path.replace(/^~(?=$|[/\\])/, () => home);
  try {
    return readFileSync(isAbsolute(expanded) ? expanded : join(configDir, expanded), "utf8");
  } catch (cause) {
    const why = messageOf(cause);
    const said = {
      en: `cannot read gateway.tls.${setting}: ${why}`,
      zh: `无法读取 gateway.tls.${setting}：${why}`,
    };
    throw new ConfigError(said, undefined, { cause });
  }
}

function readPlain(path: string, again: Sentence): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const why = messageOf(cause);
    const said = {
      en: `cannot read ${path}: ${why}; ${again.en}`,
      zh: `无法读取 ${path}：${why}；${again.zh}`,
    };
    throw new ConfigError(said, undefined, { cause });
  }
}

const plainPem = { en: "it must be PEM", zh: "必须是 PEM 格式" };
const openPem = { en: "it must be PEM without a passphrase", zh: "必须是没有口令的 PEM" };

function toCertificate(pem: string, where: string, remedy: Sentence = plainPem): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    const said = {
      en: `${where} holds no certificate; ${remedy.en}`,
      zh: `${where} 中没有证书；${remedy.zh}`,
    };
    throw new ConfigError(said, undefined, { cause });
  }
}

function toKey(pem: string, where: string, remedy: Sentence = openPem): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    const said = {
      en: `${where} holds no private key; ${remedy.en}`,
      zh: `${where} 中没有私钥；${remedy.zh}`,
    };
    throw new ConfigError(said, undefined, { cause });
  }
}
