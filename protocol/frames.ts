import { type Static, Type } from "@sinclair/typebox";
import { Count, discriminated, Json, Millis, model, NonEmptyString } from "./primitives.ts";

/** Counters of the two kinds of state that events carry; a client that sees one jump asks again. */
export type StateVersion = Static<typeof StateVersion>;
export const StateVersion = model("StateVersion", { presence: Count, health: Count });

export type RequestFrame = Static<typeof RequestFrame>;
export const RequestFrame = model("RequestFrame", {
  type: Type.Literal("req"),
  id: NonEmptyString,
  method: NonEmptyString,
  params: Type.Optional(Json),
  traceparent: Type.Optional(Type.String({ maxLength: 128 })),
  expectedProfileId: Type.Optional(Type.String()),
});

export type ErrorShape = Static<typeof ErrorShape>;
export const ErrorShape = model("ErrorShape", {
  code: NonEmptyString,
  message: NonEmptyString,
  details: Type.Optional(Json),
  retryable: Type.Optional(Type.Boolean()),
  retryAfterMs: Type.Optional(Millis),
});

export type ResponseFrame = Static<typeof ResponseFrame>;
export const ResponseFrame = model("ResponseFrame", {
  type: Type.Literal("res"),
  id: NonEmptyString,
  ok: Type.Boolean(),
  payload: Type.Optional(Json),
  error: Type.Optional(ErrorShape),
});

export type EventFrame = Static<typeof EventFrame>;
export const EventFrame = model("EventFrame", {
  type: Type.Literal("event"),
  event: NonEmptyString,
  payload: Type.Optional(Json),
  seq: Type.Optional(Count),
  stateVersion: Type.Optional(StateVersion),
});

/** Everything that travels, told apart by `type`. */
export type GatewayFrame = Static<typeof GatewayFrame>;
export const GatewayFrame = discriminated("GatewayFrame", "type", [RequestFrame, ResponseFrame, EventFrame]);
