import { expect, test } from "bun:test";
import { createCatalog, type ResolvedModel } from "./catalog.ts";
import { overBudget, toPlainError } from "./failures.ts";
import { standInSentence } from "./sentences.ts";

const key = "abcdef-secret-123";

function modelAt(baseUrl: string): ResolvedModel {
  const providers = {
    acme: { baseUrl, apiKey: key, headers: { "x-extra": "header-secret" }, models: [{ id: "big" }] },
  };
  const found = createCatalog({ models: { providers } }, {}).resolve("acme/big");
  if (found === null) throw new Error("the test's model must resolve");
  return found;
}

const hosted = modelAt("https://user:pass@models.example/v1");
const local = modelAt("http://127.0.0.1:11434/v1");

test("connection failures: a local server is to be started, a remote one is a matter of the network", () => {
  const error = Object.assign(new Error("Unable to connect"), { code: "ConnectionRefused" });
  expect(toPlainError(error, local, false).sentence.en).toContain(
    "No model server answers at http://127.0.0.1:11434:",
  );
  const remote = toPlainError(new Error("Cannot connect", { cause: error }), hosted, false);
  expect(remote.kind).toBe("unreachable");
  expect(remote.sentence.en).toContain("at https://models.example cannot be reached");
  expect(JSON.stringify(remote)).not.toContain("pass");
});

test("keys are kept out of sentence and log, whole or as the server's abbreviation", () => {
  const error = Object.assign(new Error(`bad request with ${key} and sk-proj-ab***yz and header-secret`), {
    statusCode: 422,
  });
  const told = JSON.stringify(toPlainError(error, hosted, false));
  expect(told).not.toContain(key);
  expect(told).not.toContain("sk-proj");
  expect(told).not.toContain("header-secret");
  expect(told).toContain("422");
});

test("when to try again: seconds, milliseconds, a date, or not said", () => {
  const after = (responseHeaders: Record<string, string>) =>
    toPlainError(Object.assign(new Error("slow down"), { statusCode: 429, responseHeaders }), hosted, false);
  expect(after({ "retry-after": "3" }).retryAfterMs).toBe(3_000);
  expect(after({ "retry-after-ms": "250", "retry-after": "3" }).retryAfterMs).toBe(250);
  expect(after({ "retry-after": new Date(Date.now() + 60_000).toUTCString() }).retryAfterMs).toBeGreaterThan(
    50_000,
  );
  expect(after({ "retry-after": "soon" }).retryAfterMs).toBeUndefined();
  expect(after({}).sentence.en).toContain("in a minute");
  expect(after({ "retry-after": "1" }).sentence.en).toContain("in 1 second,");
});

test("the ways in which servers say that it is too long", () => {
  for (const [statusCode, message] of [
    [400, "This model's maximum context length is 8192 tokens"],
    [400, "prompt is too long: 210000 tokens > 200000 maximum"],
    [413, "Request Entity Too Large"],
    [500, "the request exceeds the available context size"],
  ] as const) {
    const error = Object.assign(new Error(message), { statusCode });
    expect(toPlainError(error, hosted, false).kind).toBe("context_length");
  }
});

test("errors without a status: overload in the stream, a chunk that isn't JSON, and what nobody foresaw", () => {
  expect(toPlainError({ type: "overloaded_error", message: "Overloaded" }, hosted, true).kind).toBe(
    "unreachable",
  );
  const garbled = Object.assign(new Error("JSON parsing failed"), { name: "AI_JSONParseError" });
  expect(toPlainError(garbled, hosted, true).kind).toBe("bad_answer");
  const first = new Error("Expected a normalized Anthropic stream error");
  expect(toPlainError(first, hosted, false).kind).toBe("bad_answer");
  expect(toPlainError("just a string", hosted, false)).toMatchObject({
    kind: "unknown",
    detail: ": just a string",
  });
  const loop: Error & { cause?: unknown } = new Error("round");
  loop.cause = loop;
  expect(toPlainError(loop, hosted, false).kind).toBe("unknown");
});

test("that another model answered is one sentence with both names and the reason, in both languages", () => {
  const failure = Object.assign(new Error("upstream"), { statusCode: 503 });
  const error = toPlainError(failure, hosted, false);
  expect(standInSentence("other/m", { instead: "acme/big", error })).toEqual({
    en: "other/m answered instead of acme/big: acme is having trouble (503).",
    zh: "由 other/m 代替 acme/big 回答：acme 出现故障（503）。",
  });
  const capped = overBudget(hosted, { usd: 5, capUsd: 5 });
  expect(standInSentence("other/m", { instead: "acme/big", error: capped }).en).toBe(
    "other/m answered instead of acme/big: today's limit of $5.00 for paid models is reached ($5.00 spent), so acme/big is not asked before tomorrow.",
  );
});
