import type { PairedDevice, PairingRequest } from "#protocol/domains/devices.ts";
import { type DeviceTexts, deviceTexts } from "./device-texts.ts";
import { CliError, exits } from "./exit.ts";
import { plain } from "./layout.ts";
import type { Terminal } from "./terminal.ts";

/** As much of an id as a person types. */
export const shortId = (id: string): string => id.slice(0, 8);

/** What a device calls itself, or is called by its owner. */
export function deviceName({
  displayName,
  clientId,
  deviceId,
}: Pick<PairedDevice, "displayName" | "clientId" | "deviceId">): string {
  return plain(displayName ?? clientId ?? shortId(deviceId)).replace(/\s+/g, " ");
}

/** What it may do, in a few words: `operator: read, write`. */
export function rightsOf({ role, scopes }: { role: string; scopes: readonly string[] }, say: DeviceTexts) {
  if (role === "node") return say.node;
  const words = scopes.map((scope) => plain(scope.replace(/^operator\./, "")));
  return say.mayAs(role, words.length === 0 ? say.nothing : words.join(", "));
}

/** The waiting device that a person means: by the start of the request's or the device's id. */
export function findRequest(
  pending: readonly PairingRequest[],
  asked: string,
  terminal: Terminal,
): PairingRequest {
  const say = deviceTexts[terminal.language];
  return only(
    pending.filter(({ requestId, deviceId }) => startsWith(requestId, asked) || startsWith(deviceId, asked)),
    pending.filter(({ requestId }) => requestId === asked),
    say.unknownRequest(asked),
    say.ambiguous(asked),
    say.seeList,
  );
}

/** The paired device that a person means: by the start of its id, or by its name. */
export function findDevice(paired: readonly PairedDevice[], asked: string, terminal: Terminal): PairedDevice {
  const say = deviceTexts[terminal.language];
  const called = paired.filter((device) => deviceName(device).toLowerCase() === asked.trim().toLowerCase());
  return only(
    called.length > 0 ? called : paired.filter(({ deviceId }) => startsWith(deviceId, asked)),
    paired.filter(({ deviceId }) => deviceId === asked),
    say.unknownDevice(asked),
    say.ambiguous(asked),
    say.seeList,
  );
}

function startsWith(id: string, asked: string): boolean {
  return asked.length >= 4 && id.toLowerCase().startsWith(asked.toLowerCase());
}

function only<T>(found: readonly T[], exact: readonly T[], none: string, many: string, hint: string): T {
  const [first, second] = exact.length === 1 ? exact : found;
  if (first === undefined) throw new CliError(exits.failure, none, hint);
  if (second !== undefined) throw new CliError(exits.failure, many, hint);
  return first;
}
