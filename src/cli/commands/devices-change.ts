import type { DeviceRole, PairedDevice } from "#protocol/domains/devices.ts";
import type { GatewayClient } from "#src/client/client.ts";
import { type AskFlags, askArgs, withClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { confirm, yesArg } from "../confirm.ts";
import { deviceTexts } from "../device-texts.ts";
import { CliError, exits, UsageError } from "../exit.ts";
import { deviceName, findDevice, shortId } from "../find-device.ts";
import type { Terminal } from "../terminal.ts";

const deviceArg = {
  device: {
    type: "positional",
    required: true,
    summary: { en: "the start of its id, or its name", zh: "标识的开头或名称" },
  },
} as const;

const roleArg = {
  role: {
    type: "enum",
    options: ["operator", "node"],
    summary: { en: "where it has more than one", zh: "有多个角色时需要" },
  },
} as const;

const longestName = 64;

export const devicesRename = defineCommand({
  summary: { en: "Give a paired device a name", zh: "给已配对的设备命名" },
  examples: [
    "moltbot devices rename ab12cd34 'Kitchen tablet'",
    "moltbot devices rename 'Kitchen tablet' ''",
  ],
  args: {
    ...deviceArg,
    name: {
      type: "positional",
      required: true,
      summary: { en: "the name; an empty one takes it away", zh: "名称；空名称表示取消" },
    },
    ...askArgs,
  },
  async run({ device, name, ...flags }, terminal) {
    const say = deviceTexts[terminal.language];
    const displayName = name.trim();
    if (displayName.length > longestName) throw new UsageError(say.nameTooLong(longestName));
    await withDevice(flags, terminal, device, async (client, { deviceId }) => {
      const renamed = await client.call("device.pair.rename", { deviceId, displayName });
      const id = shortId(deviceId);
      terminal.print(
        displayName === "" ? say.unnamed(id, deviceName(renamed.device)) : say.renamed(id, displayName),
      );
    });
  },
});

export const devicesRotate = defineCommand({
  summary: { en: "Make a device's token worthless and give it a new one", zh: "更换设备的令牌，旧令牌失效" },
  examples: ["moltbot devices rotate ab12cd34", "moltbot devices rotate ab12cd34 --role node"],
  args: { ...deviceArg, ...roleArg, ...askArgs },
  async run({ device, role, ...flags }, terminal) {
    const say = deviceTexts[terminal.language];
    await withDevice(flags, terminal, device, async (client, meant) => {
      await client.call("device.token.rotate", {
        deviceId: meant.deviceId,
        role: roleOf(meant, role, terminal),
      });
      terminal.print(say.rotated(deviceName(meant)));
      terminal.complain(say.rotatedHint);
    });
  },
});

export const devicesRevoke = defineCommand({
  summary: { en: "Take a role away from a device; it is out at once", zh: "撤销设备的角色，立即断开" },
  examples: ["moltbot devices revoke ab12cd34", "moltbot devices revoke 'Old laptop' --role operator"],
  args: { ...deviceArg, ...roleArg, ...askArgs },
  async run({ device, role, ...flags }, terminal) {
    const say = deviceTexts[terminal.language];
    await withDevice(flags, terminal, device, async (client, meant) => {
      const taken = roleOf(meant, role, terminal);
      await client.call("device.token.revoke", { deviceId: meant.deviceId, role: taken });
      terminal.print(say.revokedNow(deviceName(meant), taken));
    });
  },
});

export const devicesRemove = defineCommand({
  summary: { en: "Forget a paired device; it is out at once", zh: "移除已配对的设备，立即断开" },
  examples: ["moltbot devices remove ab12cd34", "moltbot devices remove 'Old laptop' --yes"],
  args: { ...deviceArg, ...yesArg, ...askArgs },
  async run({ device, yes, ...flags }, terminal) {
    const say = deviceTexts[terminal.language];
    await withDevice(flags, terminal, device, async (client, meant) => {
      await confirm(say.askRemove(`${deviceName(meant)} (${shortId(meant.deviceId)})`), yes, terminal);
      await client.call("device.pair.remove", { deviceId: meant.deviceId });
      terminal.print(say.removed(deviceName(meant)));
    });
  },
});

async function withDevice(
  flags: AskFlags,
  terminal: Terminal,
  asked: string,
  use: (client: GatewayClient, device: PairedDevice) => Promise<void>,
): Promise<void> {
  await withClient(flags, terminal, ["operator.admin", "operator.pairing"], async (client) => {
    const { paired } = await client.call("device.pair.list");
    await use(client, findDevice(paired, asked, terminal));
  });
}

/** The role that was named, else the only one that is not revoked. */
function roleOf(device: PairedDevice, asked: DeviceRole | undefined, terminal: Terminal): DeviceRole {
  const say = deviceTexts[terminal.language];
  const [first, second] = asked === undefined ? device.roles : device.roles.filter((role) => role === asked);
  if (first === undefined) throw new CliError(exits.failure, say.noRole(deviceName(device)));
  if (second !== undefined) throw new UsageError(say.whichRole(deviceName(device)));
  return first;
}
