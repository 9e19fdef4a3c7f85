import type { ConnectParams } from "#protocol/domains/connect.ts";

/**
 * The text that a device signs to prove itself on one socket: the newest form, or the one before for a gateway of
 * generation 3. The time is the challenge's, so a clock that is wrong does no harm.
 */
export function textToSign(
  deviceId: string,
  params: ConnectParams,
  challenge: { nonce: string; ts: number },
): string {
  const { auth, client, maxProtocol, role = "operator", scopes = [] } = params;
  const token = auth?.token ?? auth?.deviceToken ?? auth?.bootstrapToken ?? "";
  const { nonce, ts } = challenge;
  const signed = [deviceId, client.id, client.mode, role, scopes.join(","), String(ts), token, nonce];
  const form =
    maxProtocol < 4
      ? ["v2", ...signed]
      : ["v3", ...signed, metadata(client.platform), metadata(client.deviceFamily ?? "")];
  return form.join("|");
}

function metadata(text: string): string {
  return text.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
