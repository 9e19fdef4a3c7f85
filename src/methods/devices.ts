import { isScope, type Scope } from "#protocol/access.ts";
import type { Pairing } from "#src/devices/pairing.ts";
import { GatewayError } from "#src/lib/errors.ts";
import type { DomainHandlers } from "./handler.ts";

export interface DevicesOptions {
  pairing: Pairing;
  /** The page's address as another computer would reach it; null where no page is served. */
  pageUrl: () => string | null;
  /** SHA-256 of the certificate; null without TLS. */
  tlsFingerprint: () => string | null;
}

export function devicesHandlers({
  pairing,
  pageUrl,
  tlsFingerprint,
}: DevicesOptions): DomainHandlers<"devices"> {
  return {
    "device.pair.list": () => pairing.list(),
    "device.pair.approve": async ({ params: { requestId }, caller }) => ({
      requestId,
      device: await pairing.approve(requestId, caller),
    }),
    "device.pair.reject": ({ params: { requestId }, caller }) => ({
      requestId,
      ...pairing.reject(requestId, caller),
    }),
    "device.pair.rename": async ({ params: { deviceId, displayName }, caller }) => ({
      device: await pairing.rename(deviceId, displayName, caller),
    }),
    "device.pair.remove": async ({ params: { deviceId }, caller }) => {
      await pairing.remove(deviceId, caller);
      return { deviceId, removed: true };
    },
    "device.pair.invite": async ({ params, caller }) => {
      const page = pageUrl();
      if (page === null) {
        throw new GatewayError("INVALID_REQUEST", {
          en: "this gateway serves no page, so there is nothing to link to; set gateway.controlUi.enabled to true",
          zh: "本网关不提供页面，没有可链接的内容；请把 gateway.controlUi.enabled 设为 true",
        });
      }
      const role = params.role ?? "operator";
      const scopes = wanted(role, params.scopes ?? []);
      const { secret, expiresAt } = await pairing.invite({ role, scopes }, caller);
      const fingerprint = tlsFingerprint();
      const pin = fingerprint === null ? "" : `&tls=${fingerprint.replaceAll(":", "").toLowerCase()}`;
      return { url: `${page}#pair=${secret}${pin}`, role, scopes: [...scopes], expiresAt };
    },
    "device.token.rotate": async ({ params: { deviceId, role, scopes }, caller }) => {
      const { token, rotatedAt, ...rest } = await pairing.rotate(deviceId, role, scopes, caller);
      return { deviceId, role, ...(token === null ? {} : { token }), ...rest, rotatedAtMs: rotatedAt };
    },
    "device.token.revoke": async ({ params: { deviceId, role }, caller }) => {
      const { revokedAt } = await pairing.revoke(deviceId, role, caller);
      return { deviceId, role, revokedAtMs: revokedAt };
    },
  };
}

function wanted(role: "operator" | "node", given: readonly string[]): Scope[] {
  const unknown = given.find((scope) => !isScope(scope));
  if (unknown !== undefined) throw new GatewayError("INVALID_REQUEST", `unknown scope: ${unknown}`);
  if (role === "node" && given.length > 0) {
    throw new GatewayError("INVALID_REQUEST", {
      en: "a node has no scopes; leave them out",
      zh: "节点没有权限范围；请去掉它们",
    });
  }
  if (role === "operator" && given.length === 0) {
    throw new GatewayError("INVALID_REQUEST", {
      en: "without scopes the device could do nothing; name some, such as operator.read and operator.write",
      zh: "没有权限范围的设备什么也做不了；请指定一些，例如 operator.read 和 operator.write",
    });
  }
  return [...new Set(given.filter(isScope))];
}
