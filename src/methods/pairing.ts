import type {
  ApprovedSender as ApprovedOnTheWire,
  SenderRequest as RequestOnTheWire,
} from "#protocol/domains/pairing.ts";
import type { Intake } from "#src/inbox/intake.ts";
import type { ApprovedSender, PairingStore, SenderRequest } from "#src/inbox/pairing.ts";
import type { DomainHandlers } from "./handler.ts";

export interface PairingRooms {
  pairing: Pick<PairingStore, "pending" | "approved">;
  intake: Pick<Intake, "approve" | "deny" | "forget">;
}

export function pairingHandlers({ pairing, intake }: PairingRooms): DomainHandlers<"pairing"> {
  return {
    "pairing.list": ({ params }) => {
      const channel = params.channel?.toLowerCase();
      const isWanted = (each: { channel: string }) => channel === undefined || each.channel === channel;
      return {
        requests: pairing.pending().filter(isWanted).map(toRequest),
        approved: pairing.approved().filter(isWanted).map(toApproved),
      };
    },
    "pairing.approve": async ({ params }) => ({
      sender: toApproved(await intake.approve(params.code, params.channel)),
    }),
    "pairing.deny": async ({ params }) => {
      const { channel, account, sender } = await intake.deny(params.code, params.channel);
      return { channel, accountId: account, senderId: sender };
    },
    "pairing.remove": async ({ params }) => ({
      removed: await intake.forget(params.channel.toLowerCase(), params.accountId, params.senderId),
    }),
  };
}

function toRequest({ code, createdAt, lastSeenAt, expiresAt, ...request }: SenderRequest): RequestOnTheWire {
  return { code, ...placeOf(request), createdAt, lastSeenAt, expiresAt };
}

function toApproved({ owner, approvedAt, ...sender }: ApprovedSender): ApprovedOnTheWire {
  return { ...placeOf(sender), owner, approvedAt };
}

function placeOf({
  channel,
  account,
  sender,
  name,
}: Pick<SenderRequest, "channel" | "account" | "sender" | "name">) {
  return {
    channel,
    accountId: account,
    senderId: sender,
    ...(name === null || name === "" ? {} : { senderName: name }),
  };
}
