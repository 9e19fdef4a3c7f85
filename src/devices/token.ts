import { createHmac } from "node:crypto";
import type { Role } from "#protocol/access.ts";

export interface DeviceTokens {
  /** The one live token of a device in a role. The same generation always gives the same text. */
  text(deviceId: string, role: Role, generation: string): string;
}

/**
 * Derives tokens from the host's key, so that the live one can be sent again with every hello-ok although it is
 * written down nowhere; a new generation makes the old one worthless.
 */
export function createDeviceTokens(key: string): DeviceTokens {
  return {
    text: (deviceId, role, generation) =>
      createHmac("sha256", key).update(`device-token|${deviceId}|${role}|${generation}`).digest("base64url"),
  };
}

/** Random, 128 bits. */
export function newGeneration(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
}
