/** The browser as a device: a key that never leaves it, and what the gateway gave it. */
import type { Payload } from "#protocol";
import type { ConnectParams, HelloOk } from "#protocol/domains/connect.ts";
import type { ErrorShape } from "#protocol/frames.ts";
import { textToSign } from "#src/lib/device-text.ts";
import type { SecretKeeper } from "./secret.ts";
import { recall, recallHere, remember, rememberHere } from "./storage.ts";
import type { Phase } from "./wire.ts";

const LINK = "moltbot.link";
const GIVEN = "moltbot.device";

/** This browser as a device of its own. */
export interface PageDevice {
  /** The params with what this device was given before, and its proof. */
  introduce(params: ConnectParams, challenge: Payload<"connect.challenge">): Promise<ConnectParams>;
  welcomed(hello: HelloOk): void;
  /** What a refusal means: the owner has to be waited for, or said no, or what was brought is worth nothing any more. */
  refused(error: ErrorShape): (Phase & { is: "pairing" | "refused" }) | "again" | undefined;
}

interface Identity {
  deviceId: string;
  publicKey: string;
  key: CryptoKey;
}

interface Given {
  token: string;
  scopes: string[];
}

/**
 * Opens this browser's identity and takes a link's secret (`#pair=…`) out of the address. Undefined where the browser
 * has no such cryptography: the gateway then says what it wants instead.
 */
export async function openPageDevice(
  location: Location,
  history: History,
  secret: SecretKeeper,
): Promise<PageDevice | undefined> {
  let link = takeLink(location, history);
  let given = recallGiven();
  const identity = await openIdentity().catch(() => undefined);
  if (identity === undefined) return undefined;
  if (secret.get() === null && given !== undefined) secret.exchange(given.token);

  function forgetLink() {
    link = "";
    rememberHere(LINK, "");
  }

  return {
    async introduce(params, challenge) {
      const auth =
        link === ""
          ? params.auth
          : { ...(params.auth?.token === given?.token ? {} : params.auth), bootstrapToken: link };
      const { auth: _, ...rest } = params;
      // What was not approved would have to be asked for once more.
      const scopes = link === "" && given !== undefined ? given.scopes : (params.scopes ?? []);
      const sent: ConnectParams = { ...rest, scopes, ...(auth === undefined ? {} : { auth }) };
      const signature = await crypto.subtle.sign(
        "Ed25519",
        identity.key,
        new TextEncoder().encode(textToSign(identity.deviceId, sent, challenge)),
      );
      const proof = {
        id: identity.deviceId,
        publicKey: identity.publicKey,
        signature: base64url(signature),
        signedAt: challenge.ts,
        nonce: challenge.nonce,
      };
      return { ...sent, device: proof };
    },
    welcomed({ auth }) {
      forgetLink();
      if (auth.deviceToken === undefined) return;
      given = { token: auth.deviceToken, scopes: auth.scopes };
      remember(GIVEN, JSON.stringify(given));
    },
    refused({ details }) {
      if (typeof details !== "object" || details === null) return undefined;
      const known = details as Record<string, unknown>;
      const { code, requestId, recommendedNextStep, pauseReconnect, remediationHint } = known;
      if (code === "AUTH_BOOTSTRAP_TOKEN_INVALID" && link !== "") {
        // Used up, perhaps by this browser: without it the gateway says what it wants now.
        forgetLink();
        return "again";
      }
      const isMismatch = typeof code === "string" && /^AUTH_\w+_MISMATCH$/.test(code);
      // Its device was removed, or its token rotated; nobody has typed anything wrong.
      if (isMismatch && given !== undefined && secret.get() === given.token) {
        given = undefined;
        remember(GIVEN, "");
        secret.forget();
        return "again";
      }
      const waits = recommendedNextStep === "wait_then_retry" || pauseReconnect === false;
      if (code !== "PAIRING_REQUIRED") return undefined;
      if (!waits)
        return typeof remediationHint === "string" ? { is: "refused", message: remediationHint } : undefined;
      return { is: "pairing", id: typeof requestId === "string" ? requestId : undefined };
    },
  };
}

function takeLink(location: Location, history: History): string {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const secret = fragment.get("pair");
  if (secret === null) return recallHere(LINK) ?? "";
  fragment.delete("pair");
  fragment.delete("tls");
  const rest = fragment.size === 0 ? "" : `#${fragment}`;
  history.replaceState(history.state, "", location.pathname + location.search + rest);
  rememberHere(LINK, secret);
  return secret;
}

function recallGiven(): Given | undefined {
  try {
    const found: unknown = JSON.parse(recall(GIVEN) ?? "null");
    if (typeof found !== "object" || found === null) return undefined;
    const { token, scopes } = found as Partial<Given>;
    return typeof token === "string" && Array.isArray(scopes) ? { token, scopes } : undefined;
  } catch {
    return undefined;
  }
}

/** The key cannot be taken out of the browser, not even by a script of this page. */
async function openIdentity(): Promise<Identity> {
  const database = await settled(openDatabase());
  try {
    const found: CryptoKeyPair | undefined = await settled(keys(database, "readonly").get("device"));
    const pair = found ?? (await makeKeys(database));
    const raw = await crypto.subtle.exportKey("raw", pair.publicKey);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", raw));
    const deviceId = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return { deviceId, publicKey: base64url(raw), key: pair.privateKey };
  } finally {
    database.close();
  }
}

/** Two tabs may begin at once: the one that comes second takes the first one's key. */
async function makeKeys(database: IDBDatabase): Promise<CryptoKeyPair> {
  const pair = (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
  const store = keys(database, "readwrite");
  const found: CryptoKeyPair | undefined = await settled(store.get("device"));
  if (found !== undefined) return found;
  await settled(store.add(pair, "device"));
  return pair;
}

function openDatabase(): IDBOpenDBRequest {
  const request = indexedDB.open("moltbot", 1);
  request.onupgradeneeded = () => void request.result.createObjectStore("keys");
  return request;
}

function keys(database: IDBDatabase, mode: IDBTransactionMode): IDBObjectStore {
  return database.transaction("keys", mode).objectStore("keys");
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function base64url(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}
