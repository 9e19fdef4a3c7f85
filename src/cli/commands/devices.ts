import type { Result } from "#protocol";
import type { PairingRequest } from "#protocol/domains/devices.ts";
import { askArgs, jsonArg, withClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { confirm, yesArg } from "../confirm.ts";
import { deviceTexts } from "../device-texts.ts";
import { CliError, exits } from "../exit.ts";
import { deviceName, findRequest, rightsOf, shortId } from "../find-device.ts";
import { plain } from "../layout.ts";
import { showSpan } from "../span.ts";
import { paintFor, type Terminal } from "../terminal.ts";

export const devicesList = defineCommand({
  summary: { en: "List the devices that wait and those that are paired", zh: "列出等待中和已配对的设备" },
  examples: ["moltbot devices list", "moltbot devices list --json"],
  args: { ...jsonArg, ...askArgs },
  async run({ json, ...flags }, terminal) {
    const list = await withClient(flags, terminal, ["operator.pairing"], (client) =>
      client.call("device.pair.list"),
    );
    if (json) terminal.print(JSON.stringify(list, null, 2));
    else for (const line of showDevices(list, Date.now(), terminal)) terminal.print(line);
  },
});

const requestArg = {
  request: {
    type: "positional",
    required: false,
    summary: { en: "the start of its id; not needed where one waits", zh: "标识的开头；只有一个时可省略" },
  },
} as const;

export const devicesApprove = defineCommand({
  summary: { en: "Let a waiting device in", zh: "批准等待中的设备" },
  examples: ["moltbot devices approve 3f2a91c0", "moltbot devices approve", "moltbot devices approve --yes"],
  args: { ...requestArg, ...yesArg, ...jsonArg, ...askArgs },
  async run({ request, yes, json, ...flags }, terminal) {
    const say = deviceTexts[terminal.language];
    await withClient(flags, terminal, ["operator.admin", "operator.pairing"], async (client) => {
      const { pending } = await client.call("device.pair.list");
      const meant = theOne(pending, request, terminal);
      // Without a name the person has to see whom they let in.
      if (request === undefined) await confirm(say.askApprove(describe(meant, terminal)), yes, terminal);
      const answer = await client.call("device.pair.approve", { requestId: meant.requestId });
      if (json) terminal.print(JSON.stringify(answer, null, 2));
      else terminal.print(say.approved(deviceName(answer.device), rightsOf(meant, say)));
    });
  },
});

export const devicesReject = defineCommand({
  summary: { en: "Turn a waiting device away", zh: "拒绝等待中的设备" },
  examples: ["moltbot devices reject 3f2a91c0", "moltbot devices reject"],
  args: { ...requestArg, ...askArgs },
  async run({ request, ...flags }, terminal) {
    await withClient(flags, terminal, ["operator.pairing"], async (client) => {
      const { pending } = await client.call("device.pair.list");
      const meant = theOne(pending, request, terminal);
      await client.call("device.pair.reject", { requestId: meant.requestId });
      terminal.print(deviceTexts[terminal.language].rejected(deviceName(meant)));
    });
  },
});

/** The request that was named, or the only one. */
function theOne(
  pending: readonly PairingRequest[],
  asked: string | undefined,
  terminal: Terminal,
): PairingRequest {
  if (asked !== undefined) return findRequest(pending, asked, terminal);
  const say = deviceTexts[terminal.language];
  const [first, second] = pending;
  if (first === undefined) throw new CliError(exits.failure, say.nobodyWaits);
  if (second === undefined) return first;
  const names = pending.map((each) => `  ${shortId(each.requestId)}  ${describe(each, terminal)}`);
  throw new CliError(exits.usage, [say.which, ...names].join("\n"), say.approveIt(shortId(first.requestId)));
}

function describe(request: PairingRequest, terminal: Terminal): string {
  const { platform, remoteIp } = request;
  const where = [platform, remoteIp].filter((each) => each !== undefined).map(plain);
  return [deviceName(request), ...where, rightsOf(request, deviceTexts[terminal.language])].join(" · ");
}

function showDevices(
  { pending, paired }: Result<"device.pair.list">,
  now: number,
  terminal: Terminal,
): string[] {
  const say = deviceTexts[terminal.language];
  const paint = paintFor(terminal);
  const ago = (at: number) => showSpan(now - at, terminal.language);
  if (pending.length + paired.length === 0) return [say.nobody];
  const waiting = pending.flatMap((request) => [
    `  ${shortId(request.requestId)}  ${describe(request, terminal)}`,
    paint.dim(`            ${say.asked(ago(request.ts))} · ${say.approveIt(shortId(request.requestId))}`),
  ]);
  const known = paired.flatMap((device) => {
    const { platform, remoteIp, tokens, lastSeenAtMs } = device;
    const rights = tokens.map((token) => {
      const text = rightsOf(token, say);
      return token.revokedAtMs === undefined ? text : `${text} (${say.revoked})`;
    });
    const where = [platform, remoteIp].filter((each) => each !== undefined).map(plain);
    const seen = lastSeenAtMs === undefined ? say.neverSeen : say.seen(ago(lastSeenAtMs));
    return [
      `  ${shortId(device.deviceId)}  ${deviceName(device)}`,
      paint.dim(`            ${[...where, ...rights, seen].join(" · ")}`),
    ];
  });
  return [
    ...(waiting.length === 0 ? [] : [paint.bold(say.waiting), ...waiting]),
    ...(waiting.length === 0 || known.length === 0 ? [] : [""]),
    ...(known.length === 0 ? [] : [paint.bold(say.paired), ...known]),
  ];
}
