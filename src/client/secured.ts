/** TLS as our clients want it: the certificate that was pinned, else one that the system's authorities vouch for. */
import { isIP } from "node:net";
import { checkServerIdentity, connect, type DetailedPeerCertificate, type PeerCertificate } from "node:tls";
import { fingerprintOf, toFingerprint } from "#src/lib/fingerprint.ts";
import { ConnectFailed, WrongCertificate } from "./errors.ts";

/** What Bun's WebSocket takes to judge the other side. */
export interface TlsOptions {
  rejectUnauthorized: true;
  ca?: string;
  allowPartialTrustChain?: true;
  checkServerIdentity(host: string, certificate: PeerCertificate): Error | undefined;
}

export interface Secured {
  readonly options: TlsOptions;
  /** The fingerprint of the certificate that was judged; null before. */
  seen(): string | null;
  /** Another certificate than the pinned one was shown to the socket. */
  refused(): WrongCertificate | null;
  /** A failure of the socket in words that name its likely cause. */
  readable(failure: string): string;
}

/** A certificate that an endpoint shows, whoever signed it. */
export interface Shown {
  fingerprint: string;
  pem: string;
}

/** What plain HTTP and TLS say when they meet. */
const plainAnswer = /WRONG_VERSION_NUMBER/;
export const speaksPlain = "it speaks plain HTTP there, not TLS; the address begins with ws:// or http://";

/**
 * Rules for one socket to a `wss:` address. With a pin the endpoint is first looked at, without a word to it: the
 * socket is then made to accept that one certificate and no other, by whatever name it is reached. Rejects with
 * WrongCertificate or ConnectFailed.
 */
export async function secure(url: string, pin: string | undefined, timeoutMs: number): Promise<Secured> {
  if (pin === undefined) return byAuthorities();
  const expected = toFingerprint(pin);
  if (expected === null) {
    throw new ConnectFailed(
      url,
      `"${pin}" is no fingerprint; it is the SHA-256 of a certificate, 64 hex digits`,
    );
  }
  const shown = await certificateAt(url, timeoutMs);
  if (shown.fingerprint !== expected) throw new WrongCertificate(url, expected, shown.fingerprint);
  return byPin(url, expected, shown.pem);
}

function byAuthorities(): Secured {
  let seen: string | null = null;
  return {
    options: {
      rejectUnauthorized: true,
      checkServerIdentity(host, certificate) {
        seen = fingerprintOf(certificate.raw);
        return checkServerIdentity(host, certificate);
      },
    },
    seen: () => seen,
    refused: () => null,
    readable,
  };
}

function byPin(url: string, expected: string, pem: string): Secured {
  let seen: string | null = null;
  return {
    options: {
      rejectUnauthorized: true,
      // Its own authority, also where another one signed it: nobody else's word counts.
      ca: pem,
      allowPartialTrustChain: true,
      checkServerIdentity(_, certificate) {
        seen = fingerprintOf(certificate.raw);
        return seen === expected ? undefined : new WrongCertificate(url, expected, seen);
      },
    },
    seen: () => seen,
    refused: () => (seen === null || seen === expected ? null : new WrongCertificate(url, expected, seen)),
    readable,
  };
}

/** Looks at an endpoint's certificate; after the TLS handshake the connection is closed. */
export function certificateAt(url: string, timeoutMs: number): Promise<Shown> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(port === "" ? 443 : port),
      // It is not trusted here: the caller judges it, and nothing is said to it.
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const fail = (why: string) => {
      socket.destroy();
      reject(new ConnectFailed(url, why));
    };
    socket.setTimeout(timeoutMs, () => fail(`no TLS handshake within ${timeoutMs} ms`));
    socket.once("error", (error) => fail(readable(error.message)));
    socket.once("close", () => fail("the connection was closed during the TLS handshake"));
    socket.once("secureConnect", () => {
      const certificate: DetailedPeerCertificate = socket.getPeerCertificate(true);
      if (certificate.raw === undefined) return fail("it shows no certificate");
      const base64 = certificate.raw.toString("base64").match(/.{1,64}/g) ?? [];
      const pem = ["-----BEGIN CERTIFICATE-----", ...base64, "-----END CERTIFICATE-----", ""].join("\n");
      resolve({ fingerprint: fingerprintOf(certificate.raw), pem });
      socket.destroy();
    });
  });
}

function readable(failure: string): string {
  return plainAnswer.test(failure) ? speaksPlain : failure;
}

/** Why a socket did not come to be, where TLS and plain HTTP were mistaken for each other or nobody knows the signer. */
export type Mistaken =
  | { is: "plain" }
  | { is: "tls"; fingerprint: string }
  | { is: "unknown-signer"; fingerprint: string };

/** Looks once more at an endpoint that could not be connected to; null where the cause is another. */
export async function mistaken({ url, why }: ConnectFailed, timeoutMs = 3_000): Promise<Mistaken | null> {
  const encrypted = url.startsWith("wss:");
  if (encrypted && why === speaksPlain) return { is: "plain" };
  if (encrypted && !/certificate/i.test(why)) return null;
  try {
    const { fingerprint } = await certificateAt(url.replace(/^ws:/, "wss:"), timeoutMs);
    return { is: encrypted ? "unknown-signer" : "tls", fingerprint };
  } catch {
    return null;
  }
}
