import { expect, test } from "bun:test";
import { isSecret, isSecretKey, redactForms, redactValues } from "./redact.ts";

test.each([
  "token",
  "botToken",
  "bot_token",
  "OPENAI_API_KEY",
  "x-api-key",
  "password",
  "clientSecret",
  "privateKey",
  "Authorization",
  "set-cookie",
  "credentials",
  "tokens",
])("%p names a secret", (key) => {
  expect(isSecretKey(key)).toBe(true);
});

test.each([
  "maxTokens",
  "inputTokens",
  "contextTokens",
  "tokenFile",
  "sessionKey",
  "key",
  "secretary",
  "author",
  "tokenizer",
])("%p names no secret", (key) => {
  expect(isSecretKey(key)).toBe(false);
});

test("truth values and numbers of tokens are no secrets, a numeric password is one", () => {
  expect(isSecret("reserveTokens", 5)).toBe(false);
  expect(isSecret("token", true)).toBe(false);
  expect(isSecret("password", null)).toBe(false);
  expect(isSecret("password", 1234)).toBe(true);
});

test.each([
  ["https://api.telegram.org/bot123456789:AAbbccddeeffgghhiijjkkllmmnnooppqqr/getMe", "AAbbcc"],
  [`sk-${"a1B2-".repeat(8)}`, "a1B2"],
  ["xoxb-1234567890-abcdefghij", "xoxb"],
  ["postgres://user:pw@db/x", "user:pw"],
  ["GET /?token=abcdef&x=1", "abcdef"],
  ["authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"],
])("the secret in %p is known by its form", (text, secret) => {
  expect(redactForms(text)).not.toContain(secret);
});

test.each([
  "at 12:30:45 by agent:main:main",
  "https://example.com/a?page=2",
  "mail@example.com",
  "a basic idea",
])("%p is left as it is", (text) => {
  expect(redactForms(text)).toBe(text);
});

test("known values are taken out wherever they stand", () => {
  expect(redactValues("a secret, twice: secret", ["secret"])).toBe("a [redacted], twice: [redacted]");
});
