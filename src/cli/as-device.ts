/** How the command line reaches another computer's gateway: as a device of its own, which its owner lets in. */
import type { Scope } from "#protocol/access.ts";
import type { ConnectOptions, GatewayClient } from "#src/client/client.ts";
import { connectGateway } from "#src/client/client.ts";
import { RequestError } from "#src/client/errors.ts";
import { type DeviceTexts, deviceTexts } from "./device-texts.ts";
import { CliError, exits } from "./exit.ts";
import type { IdentityFile, KnownGateway } from "./identity-file.ts";
import { plain } from "./layout.ts";
import type { PairingLink } from "./target.ts";
import type { Terminal } from "./terminal.ts";
import { texts } from "./texts.ts";

export interface AsDevice {
  options: ConnectOptions & { scopes: readonly Scope[] };
  /** What a link from `moltbot pair` carries. */
  link: PairingLink | null;
  file: IdentityFile;
  terminal: Terminal;
  /** How often the gateway is asked again, and for how long. */
  everyMs?: number;
  patienceMs?: number;
}

/** What a first approval is asked for beside what the command needs, so that the next command needs none. */
const usual: readonly Scope[] = ["operator.read", "operator.write"];

/**
 * Connects with the device's key and what the gateway gave it before. Where its owner has to let the device in, that
 * is said in one sentence, and the command goes on by itself when it has happened.
 */
export async function connectAsDevice(order: AsDevice): Promise<GatewayClient> {
  const { options, link, file, terminal, everyMs = 1_000, patienceMs = 600_000 } = order;
  const say = deviceTexts[terminal.language];
  const { url } = options;
  let known = file.known(url);
  let secret = link?.secret;
  let told: string | null = null;
  const giveUpAt = performance.now() + patienceMs;
  const tlsFingerprint = options.tlsFingerprint ?? link?.tlsFingerprint ?? known.tlsFingerprint;

  for (;;) {
    try {
      const client = await connectGateway({
        ...options,
        identity: file.identity,
        scopes: known.token === undefined ? [...new Set([...options.scopes, ...usual])] : options.scopes,
        ...(tlsFingerprint === undefined ? {} : { tlsFingerprint }),
        ...authOf(options.auth, secret, known.token),
      });
      remember(client, known, link?.tlsFingerprint ?? known.tlsFingerprint, file, url);
      if (told !== null) terminal.complain(say.nowApproved);
      return client;
    } catch (cause) {
      if (!(cause instanceof RequestError) || cause.method !== "connect") throw cause;
      const code = detail(cause, "code");
      if (code === "AUTH_BOOTSTRAP_TOKEN_INVALID" && secret !== undefined && known.token !== undefined) {
        // The link was used before, by this device.
        secret = undefined;
        continue;
      }
      if (code === "AUTH_DEVICE_TOKEN_MISMATCH" && known.token !== undefined) {
        const { token: _, ...rest } = known;
        known = rest;
        file.keep(url, known);
        continue;
      }
      if (code !== "PAIRING_REQUIRED") throw cause;
      if (!mayWait(cause)) {
        const hint = detail(cause, "remediationHint");
        const why = typeof hint === "string" ? plain(hint) : cause.message;
        throw new CliError(exits.permission, texts[terminal.language].unauthorized(why), undefined, {
          cause,
        });
      }
      const sentence = waitingSentence(cause, say);
      if (sentence !== told) terminal.complain(sentence);
      told = sentence;
      if (performance.now() + everyMs > giveUpAt) {
        throw new CliError(exits.permission, say.notApproved, undefined, { cause });
      }
      await Bun.sleep(everyMs);
    }
  }
}

function authOf(
  given: ConnectOptions["auth"],
  secret: string | undefined,
  deviceToken: string | undefined,
): Pick<ConnectOptions, "auth"> {
  const auth = {
    ...given,
    ...(secret === undefined ? {} : { bootstrapToken: secret }),
    ...(deviceToken === undefined ? {} : { deviceToken }),
  };
  return Object.keys(auth).length === 0 ? {} : { auth };
}

function remember(
  { hello }: GatewayClient,
  known: KnownGateway,
  tlsFingerprint: string | undefined,
  file: IdentityFile,
  url: string,
): void {
  const { deviceToken, scopes } = hello.auth;
  const token = deviceToken ?? known.token;
  if (token === known.token && tlsFingerprint === known.tlsFingerprint) return;
  file.keep(url, {
    ...(token === undefined ? {} : { token, scopes }),
    ...(tlsFingerprint === undefined ? {} : { tlsFingerprint }),
  });
}

/** Whether the gateway still waits for its owner, as it says itself. */
function mayWait(refusal: RequestError): boolean {
  return (
    detail(refusal, "recommendedNextStep") === "wait_then_retry" ||
    detail(refusal, "pauseReconnect") === false
  );
}

function waitingSentence(refusal: RequestError, say: DeviceTexts): string {
  const id = detail(refusal, "requestId");
  return typeof id === "string" && /^[A-Za-z0-9][\w.:-]{0,127}$/.test(id)
    ? say.mustApprove(`moltbot devices approve ${id}`)
    : say.mustApproveAny;
}

function detail({ details }: RequestError, name: string): unknown {
  return typeof details === "object" && details !== null
    ? (details as Record<string, unknown>)[name]
    : undefined;
}
