import { describe, expect, test } from "bun:test";
import { createHash, createPublicKey, verify } from "node:crypto";
import { declarationOf, events, isEvent, isMethod, type MethodName, methods } from "#protocol";
import { type Exchange, goldenExchanges, type Step } from "#protocol/codegen/examples.ts";
import type { ConnectParams } from "#protocol/domains/connect.ts";
import { closes, errorCodes } from "#protocol/errors.ts";
import type { EventFrame, RequestFrame, ResponseFrame } from "#protocol/frames.ts";
import { checkAccepted, checkEvent, checkFrame, checkParams, checkResult } from "#src/lib/validators.ts";

const exchanges = goldenExchanges();
const steps = exchanges.flatMap((exchange) => exchange.steps);
type Frame = RequestFrame | ResponseFrame | EventFrame;
const framesOf = (all: readonly Step[]) =>
  all.flatMap((step) => ("frame" in step ? [step.frame as unknown as Frame] : []));
const requestsOf = (exchange: Exchange) => framesOf(exchange.steps).filter((frame) => frame.type === "req");
const frames = framesOf(steps);
const responses = frames.filter((frame) => frame.type === "res");
const told = frames.filter((frame) => frame.type === "event");

describe("there is a golden frame for", () => {
  for (const name of ["connect", ...Object.keys(methods)]) {
    test(`the method ${name}, with its answer`, () => {
      const asked = exchanges.filter((exchange) => exchange.of === `method ${name}`);
      expect(
        asked.flatMap(answersOf).filter(({ method, answer }) => method === name && answer.ok),
      ).not.toEqual([]);
    });
  }

  test("both answers of every method that answers twice", () => {
    for (const name of Object.keys(methods) as MethodName[]) {
      if (!declarationOf(name).accepted) continue;
      const answers = exchanges.flatMap(answersOf).filter(({ method }) => method === name);
      expect(answers.some(({ nth, answer }) => nth === 0 && answer.ok)).toBe(true);
      expect(answers.some(({ nth, answer }) => nth === 1 && answer.ok)).toBe(true);
    }
  });

  for (const [name, { payload }] of Object.entries(events)) {
    test(`the event ${name}, every kind of it`, () => {
      const payloads = told.filter((frame) => frame.event === name).map((frame) => frame.payload);
      expect(payloads).not.toEqual([]);
      const union = payload as { oneOf?: { properties: Record<string, { const?: string }> }[] };
      for (const arm of union.oneOf ?? []) {
        const [tag, word] = Object.entries(arm.properties).flatMap(([key, { const: value }]) =>
          value === undefined ? [] : [key, value],
        );
        expect(payloads).toContainEqual(expect.objectContaining({ [tag ?? ""]: word }));
      }
    });
  }

  for (const code of Object.keys(errorCodes)) {
    test(`the error ${code}`, () => {
      expect(responses.map((frame) => frame.error?.code)).toContain(code);
      expect(exchanges.map((exchange) => exchange.of)).toContain(`error ${code}`);
    });
  }

  for (const [name, { code, reason }] of Object.entries(closes)) {
    test(`the close ${name}`, () => {
      const shown = steps.filter((step) => "close" in step && step.close === name);
      expect(shown).not.toEqual([]);
      for (const step of shown) {
        expect(step).toMatchObject({ code });
        if (reason !== "…") expect(step).toMatchObject({ reason });
      }
    });
  }

  test("both generations of hello-ok", () => {
    const generations = responses.flatMap(({ payload }) =>
      isObject(payload) && payload.type === "hello-ok" ? [payload.protocol] : [],
    );
    expect(generations).toContain(3);
    expect(generations).toContain(4);
  });
});

describe("every golden frame", () => {
  for (const [index, exchange] of exchanges.entries()) {
    test(`is valid: ${index} ${exchange.of}, ${exchange.about}`, () => {
      expect(exchange.of).toMatch(/^(method|event|error|close) \S+$/);
      for (const step of exchange.steps) checkStep(step, exchange);
      for (const { method, nth, answer } of answersOf(exchange)) {
        if (answer.payload === undefined) continue;
        const first = nth === 0 && isMethod(method) && declarationOf(method).accepted !== undefined;
        const verdict = first
          ? checkAccepted(method, answer.payload)
          : checkResult(method as MethodName, answer.payload);
        expect(verdict).toBeNull();
      }
    });
  }

  test("survives being parsed, validated and written again", () => {
    for (const frame of frames) {
      const text = JSON.stringify(frame);
      const parsed: unknown = JSON.parse(text);
      expect(checkFrame(parsed)).toBeNull();
      expect(JSON.stringify(parsed)).toBe(text);
    }
  });

  test("from a device carries a signature that holds", () => {
    // Proofs that show an error are wrong on purpose.
    const right = exchanges.filter(({ of }) => !of.startsWith("error "));
    const signed = right.flatMap(requestsOf).flatMap(({ params }) => {
      const connect = params as ConnectParams | undefined;
      return connect?.device ? [{ ...connect, device: connect.device }] : [];
    });
    expect(signed.map(({ maxProtocol }) => maxProtocol)).toEqual([3, 4]);
    for (const { client, role, scopes, auth, device, maxProtocol } of signed) {
      const key = Buffer.from(device.publicKey, "base64url");
      expect(device.id).toBe(createHash("sha256").update(key).digest("hex"));
      const fields = [maxProtocol === 4 ? "v3" : "v2", device.id, client.id, client.mode, role];
      fields.push(scopes?.join(",") ?? "", String(device.signedAt), auth?.token ?? "", device.nonce ?? "");
      if (maxProtocol === 4)
        fields.push(client.platform.toLowerCase(), client.deviceFamily?.toLowerCase() ?? "");
      const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key]);
      const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });
      const signature = Buffer.from(device.signature, "base64url");
      expect(verify(null, Buffer.from(fields.join("|")), publicKey, signature)).toBe(true);
    }
  });
});

function checkStep(step: Step, exchange: Exchange): void {
  if (!("frame" in step)) return;
  expect(checkFrame(step.frame)).toBeNull();
  const frame = step.frame as unknown as Frame;
  if (frame.type === "event") {
    expect(isEvent(frame.event)).toBe(true);
    if (isEvent(frame.event)) expect(checkEvent(frame.event, frame.payload)).toBeNull();
  }
  // Requests that show an error are wrong on purpose.
  if (frame.type === "req" && exchange.of.startsWith("method ")) {
    expect(checkParams(frame.method as MethodName, structuredClone(frame.params ?? {}))).toBeNull();
  }
}

interface Answer {
  method: string;
  /** 0 for the first answer to the request. */
  nth: number;
  answer: ResponseFrame;
}

/** The answers of an exchange beside the methods that were asked. */
function answersOf(exchange: Exchange): Answer[] {
  const asked = new Map<string, { method: string; answered: number }>();
  return exchange.steps.flatMap((step): Answer[] => {
    if (!("frame" in step)) return [];
    const frame = step.frame as unknown as Frame;
    if (frame.type === "req") asked.set(frame.id, { method: frame.method, answered: 0 });
    if (frame.type !== "res") return [];
    const request = asked.get(frame.id);
    if (!request) throw new Error(`${exchange.of}: an answer to ${frame.id}, which was not asked`);
    request.answered += 1;
    return [{ method: request.method, nth: request.answered - 1, answer: frame }];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
