import { expect, test } from "bun:test";
import { GrammyError, HttpError } from "grammy/web";
import { ForeignAnswer } from "./api.ts";
import { errorTexts } from "./error-texts.ts";
import { toChannelError, toOutcome } from "./errors.ts";

function refusal(error_code: number, description: string, parameters = {}) {
  return new GrammyError(
    "call failed",
    { ok: false, error_code, description, parameters },
    "sendMessage",
    {},
  );
}

function broken(code: string) {
  return new HttpError("request failed", Object.assign(new Error("broken"), { code }));
}

test("a refused token is one thing, a missing chat another", () => {
  expect(toChannelError(refusal(401, "Unauthorized")).kind).toBe("auth");
  expect(toChannelError(refusal(404, "Not Found")).kind).toBe("auth");
  expect(toChannelError(refusal(400, "Bad Request: chat not found")).kind).toBe("gone");
  expect(toChannelError(refusal(403, "Forbidden: bot was blocked by the user")).kind).toBe("gone");
  expect(toChannelError(refusal(400, "Bad Request: REACTION_INVALID")).kind).toBe("unsupported");
  expect(toChannelError(refusal(400, "Bad Request: message is too long")).kind).toBe("too-large");
});

test("only what certainly did not arrive may be sent again", () => {
  expect(toOutcome(broken("ECONNREFUSED"))).toMatchObject({ is: "rejected", retry: true });
  expect(toOutcome(broken("ENOTFOUND"))).toMatchObject({ is: "rejected", retry: true });
  expect(toOutcome(broken("ECONNRESET"))).toMatchObject({ is: "unknown" });
  expect(toOutcome(broken("ETIMEDOUT"))).toMatchObject({ is: "unknown" });
  expect(toOutcome(refusal(500, "Internal Server Error"))).toMatchObject({ is: "unknown" });
  expect(toOutcome(new HttpError("failed", new ForeignAnswer(502)))).toMatchObject({ is: "unknown" });
  expect(toOutcome(new HttpError("failed", new ForeignAnswer(413)))).toMatchObject({
    is: "rejected",
    error: { kind: "too-large" },
    retry: false,
  });
  const wait = refusal(429, "Too Many Requests", { retry_after: 3 });
  expect(toOutcome(wait)).toMatchObject({ is: "rejected", retry: true, error: { retryAfterMs: 3000 } });
});

test("an error never tells the token", () => {
  const cause = new HttpError("failed", new Error("Unable to fetch https://h/bot12:AA-b_c/getMe"));
  expect(toChannelError(cause).message).not.toContain("12:AA");
});

test("whatever goes wrong is said in Chinese, too, with the same help", () => {
  const causes = [
    refusal(401, "Unauthorized"),
    refusal(400, "Bad Request: chat not found"),
    refusal(403, "Forbidden: bot was blocked by the user"),
    refusal(403, "Forbidden: bot was kicked from the group"),
    refusal(400, "Bad Request: message is too long"),
    refusal(400, "Bad Request: REACTION_INVALID"),
    refusal(400, "Bad Request: anything else"),
    refusal(409, "Conflict: terminated by other getUpdates request"),
    refusal(409, "Conflict: can't use getUpdates method while webhook is active"),
    refusal(429, "Too Many Requests: retry after 7", { retry_after: 7 }),
    refusal(502, "Bad Gateway"),
    broken("ECONNRESET"),
    broken("ECONNREFUSED"),
    broken("ENOTFOUND"),
    new HttpError("request failed", new ForeignAnswer(403)),
    new DOMException("late", "TimeoutError"),
  ];
  for (const cause of causes) {
    const { message, hint, zh } = toChannelError(cause);
    expect([message, zh?.message]).toEqual([
      expect.not.stringMatching(/\p{Script=Han}/u),
      expect.stringMatching(/\p{Script=Han}/u),
    ]);
    expect(zh?.hint === undefined).toBe(hint === undefined);
  }
});

test("no sentence about an error is left in the other language", () => {
  expect(Object.keys(errorTexts.zh)).toEqual(Object.keys(errorTexts.en));
  for (const sentence of Object.values(errorTexts.zh)) {
    const say: unknown = sentence;
    const text: unknown = typeof say === "function" ? say("x", 1) : say;
    expect(text).toMatch(/\p{Script=Han}/u);
  }
});
