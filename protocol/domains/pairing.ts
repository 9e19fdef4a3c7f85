import { type Static, Type } from "@sinclair/typebox";
import { defineEvents, defineMethods } from "../define.ts";
import { model, NonEmptyString, strict, Timestamp } from "../primitives.ts";

const place = { channel: NonEmptyString, accountId: NonEmptyString };

/** A stranger who wrote on a channel and waits to be let in. */
export type SenderRequest = Static<typeof SenderRequest>;
export const SenderRequest = model("SenderRequest", {
  code: NonEmptyString,
  ...place,
  /** The platform's id of the sender. */
  senderId: NonEmptyString,
  /** What the sender calls itself: shown, never trusted. */
  senderName: Type.Optional(NonEmptyString),
  createdAt: Timestamp,
  lastSeenAt: Timestamp,
  expiresAt: Timestamp,
});

/** Somebody who was let into the direct chats of an account. */
export type ApprovedSender = Static<typeof ApprovedSender>;
export const ApprovedSender = model("ApprovedSender", {
  ...place,
  senderId: NonEmptyString,
  senderName: Type.Optional(NonEmptyString),
  /** May give the owner's commands on this account. */
  owner: Type.Boolean(),
  approvedAt: Timestamp,
});

const byCode = strict({
  /** As it was told, in any case. */
  code: NonEmptyString,
  /** Only a request on this channel. */
  channel: Type.Optional(NonEmptyString),
});

export const methods = defineMethods({
  "pairing.list": {
    summary: "Who wrote on a channel and waits to be let in, and who was let in, the oldest first.",
    access: "operator.pairing",
    since: 4,
    params: strict({ channel: Type.Optional(NonEmptyString) }),
    result: strict({ requests: Type.Array(SenderRequest), approved: Type.Array(ApprovedSender) }),
    repeat: "again",
  },
  "pairing.approve": {
    summary: "Let a sender in by the code that they were told. What they wrote is answered now.",
    access: "operator.pairing",
    since: 4,
    params: byCode,
    result: strict({ sender: ApprovedSender }),
    repeat: "again",
  },
  "pairing.deny": {
    summary: "Turn a sender away: they hear nothing, and get no other code for a day.",
    access: "operator.pairing",
    since: 4,
    params: byCode,
    result: strict({ ...place, senderId: NonEmptyString }),
    repeat: "again",
  },
  "pairing.remove": {
    summary: "Shut a sender out again who had been let in.",
    access: "operator.pairing",
    since: 4,
    params: strict({ ...place, senderId: NonEmptyString }),
    result: strict({ removed: Type.Boolean() }),
    repeat: "again",
  },
});

export const events = defineEvents({
  "pairing.changed": {
    summary: "Somebody asks to be let in, or was let in, turned away or shut out; ask for the list.",
    audience: "operator.pairing",
    whenSlow: "drop",
    since: 4,
    payload: model("PairingChangedEvent", { ts: Timestamp }),
  },
});
