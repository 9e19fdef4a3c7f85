import { type Static, Type } from "@sinclair/typebox";
import { defineEvents, defineMethods } from "../define.ts";
import { Count, model, NonEmptyString, strict, Timestamp } from "../primitives.ts";

const described = {
  host: Type.Optional(NonEmptyString),
  ip: Type.Optional(NonEmptyString),
  version: Type.Optional(NonEmptyString),
  platform: Type.Optional(NonEmptyString),
  deviceFamily: Type.Optional(NonEmptyString),
  modelIdentifier: Type.Optional(NonEmptyString),
  mode: Type.Optional(NonEmptyString),
  lastInputSeconds: Type.Optional(Count),
  reason: Type.Optional(NonEmptyString),
  tags: Type.Optional(Type.Array(NonEmptyString)),
  deviceId: Type.Optional(NonEmptyString),
  roles: Type.Optional(Type.Array(NonEmptyString)),
  scopes: Type.Optional(Type.Array(NonEmptyString)),
  instanceId: Type.Optional(NonEmptyString),
};

/** The gateway itself or one client, newest first; one that left stays for a while with reason `disconnect`. */
export type PresenceEntry = Static<typeof PresenceEntry>;
export const PresenceEntry = model("PresenceEntry", {
  ...described,
  text: Type.Optional(Type.String()),
  ts: Timestamp,
});

export const methods = defineMethods({
  "system-presence": {
    summary: "Who is connected, newest first, the gateway included.",
    access: "operator.read",
    since: 3,
    params: strict({}),
    result: Type.Array(PresenceEntry),
    repeat: "again",
  },
  "system-event": {
    summary: "A client's beacon: updates its presence entry and tells everybody.",
    access: "operator.admin",
    since: 3,
    params: strict({ text: NonEmptyString, ...described }),
    result: strict({ ok: Type.Literal(true) }),
    repeat: "again",
  },
});

export const events = defineEvents({
  presence: {
    summary: "The presence list changed; at most one event per 250 ms, at most 200 rows.",
    audience: "operator.read",
    whenSlow: "drop",
    since: 3,
    payload: model("PresenceEvent", { presence: Type.Array(PresenceEntry) }),
    versioned: true,
  },
});
