import { describe, expect, test } from "bun:test";
import { type Exchange, goldenExchanges } from "#protocol/codegen/examples.ts";
import type { ConnectParams } from "#protocol/domains/connect.ts";
import type { ErrorShape, ResponseFrame } from "#protocol/frames.ts";
import { verifyProof } from "#src/devices/proof.ts";
import type { Refusal } from "#src/gateway/admission.ts";
import { type Addressee, toError, toWaiting } from "#src/gateway/refusals.ts";

type Details = { code?: string; reason?: string } & Record<string, unknown>;

/** Golden exchanges that end in an error with these details. */
function refusedWith(code: string): { params: ConnectParams; error: ErrorShape; exchange: Exchange }[] {
  return goldenExchanges().flatMap((exchange) => {
    const frames = exchange.steps.flatMap((step) => ("frame" in step ? [step.frame] : []));
    const { error } = (frames.find(({ type }) => type === "res") ?? {}) as unknown as ResponseFrame;
    const { params } = frames.find(({ type }) => type === "req") ?? {};
    const told = error?.details as Details | undefined;
    return error === undefined || told?.code !== code
      ? []
      : [{ params: params as ConnectParams, error, exchange }];
  });
}

const cli: Addressee = {
  generation: 4,
  mode: "token",
  client: { id: "cli", mode: "cli" },
  couldSendDeviceToken: false,
  retryAfterMs: 0,
};
const page = { ...cli, client: { id: "openclaw-control-ui", mode: "webchat" } };
const password: Addressee = { ...cli, mode: "password" };
const proxy: Addressee = { ...cli, mode: "trusted-proxy" };
const locked = { ...cli, retryAfterMs: 300_000 };

/** Every refusal, to whoever hears a code of its own. */
const told: Record<Exclude<Refusal, "proof">, Addressee[]> = {
  host: [page],
  origin: [page],
  locked: [locked],
  revoked: [cli],
  rejected: [cli],
  "device-required": [{ ...cli, mode: "none" }, page],
  "secret-unset": [cli, password],
  "secret-missing": [cli, password],
  "secret-mismatch": [cli, password],
  "device-token-mismatch": [cli],
  "link-invalid": [cli],
  "tailscale-missing": [cli],
  "tailscale-headers": [cli],
  "tailscale-unknown": [cli],
  "tailscale-mismatch": [cli],
  "proxy-user-missing": [proxy],
  "proxy-user-refused": [proxy],
};

describe("a golden frame says what the gateway says of", () => {
  for (const [why, hearers] of Object.entries(told) as [Exclude<Refusal, "proof">, Addressee[]][]) {
    for (const to of hearers) {
      test(`${why}, in mode ${to.mode} to ${to.client.id}`, () => {
        const { code, message, details, retryAfterMs } = toError(why, to);
        const shape = { code, message, retryAfterMs };
        const shown = refusedWith(String(details?.code)).map(({ error }) => error);
        // Two refusals may differ in what would help alone.
        expect(shown).toContainEqual(expect.objectContaining(JSON.parse(JSON.stringify(shape))));
        expect(shown.map((error) => Object.keys(error.details ?? {}).sort())).toContainEqual(
          Object.keys(details ?? {}).sort(),
        );
      });
    }
  }

  test("a device that waits", () => {
    const shown = refusedWith("PAIRING_REQUIRED").map(({ error }) => error.details as Details);
    const waits = shown.find(({ requestId }) => requestId !== undefined);
    const { error } = toWaiting({
      generation: 4,
      requestId: String(waits?.requestId),
      reason: "not-paired",
      deviceId: String(waits?.deviceId),
      role: "operator",
      scopes: ["operator.read"],
      record: null,
    });
    expect(waits).toEqual(JSON.parse(JSON.stringify(error.details)));
  });

  const proofs = ["PUBLIC_KEY_INVALID", "DEVICE_ID_MISMATCH", "NONCE_REQUIRED", "NONCE_MISMATCH"];
  for (const code of [...proofs, "SIGNATURE_EXPIRED", "SIGNATURE_INVALID"]) {
    test(`a proof that fails: ${code}`, () => {
      const [found] = refusedWith(`DEVICE_AUTH_${code}`);
      if (found?.params.device === undefined) throw new Error("no golden frame has it");
      const { params, error, exchange } = found;
      const {
        device,
        client,
        role = "operator",
        scopes = [],
        auth,
      } = { ...params, device: found.params.device };
      const challenge = exchange.steps.flatMap((step) => ("frame" in step ? [step.frame.payload] : []))[0];
      const { nonce, ts } = challenge as { nonce: string; ts: number };
      const fields = { clientId: client.id, clientMode: client.mode, role, scopes, token: auth?.token ?? "" };
      const verdict = verifyProof(
        device,
        { ...fields, platform: client.platform, deviceFamily: client.deviceFamily ?? "" },
        { nonce, challengedAt: ts, now: ts, local: true, generation: 4 },
      );
      const { code: said, reason } = error.details as Details;
      expect(verdict).toEqual({ message: error.message, code: String(said), reason: String(reason) });
    });
  }

  test("a device that would approve itself", () => {
    expect(refusedWith("SELF_APPROVAL")).toHaveLength(1);
  });
});
