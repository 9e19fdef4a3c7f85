import { expect, test } from "bun:test";
import { createPageLinks } from "./page-links.ts";

test("a link opens the page once; the token that it is exchanged for opens it again and again", () => {
  const links = createPageLinks(() => 1_000);
  const { secret, expiresAt } = links.create();
  expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(expiresAt).toBe(601_000);
  expect(links.recognise(["nonsense", secret])).toBe("link");
  expect(links.recognise([secret])).toBe("link");
  const token = links.exchange([secret, secret]) ?? "";
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(links.recognise([secret])).toBeNull();
  expect(links.exchange([secret])).toBeNull();
  expect(links.recognise([token])).toBe("token");
  expect(links.exchange([token])).toBeNull();
  expect(links.recognise([token])).toBe("token");
  expect(links.recognise([])).toBeNull();
});

test("a link lasts ten minutes, its page until the gateway stops", () => {
  let now = 0;
  const links = createPageLinks(() => now);
  const [late, used] = [links.create().secret, links.create().secret];
  const token = links.exchange([used]) ?? "";
  now = 599_999;
  expect(links.recognise([late])).toBe("link");
  now = 600_000;
  expect(links.recognise([late])).toBeNull();
  expect(links.exchange([late])).toBeNull();
  now = 1e12;
  expect(links.recognise([token])).toBe("token");
});

test("there are at most 16 links and 64 pages; the oldest make room", () => {
  const links = createPageLinks(() => 0);
  const secrets = Array.from({ length: 17 }, () => links.create().secret);
  expect(secrets.map((secret) => links.recognise([secret]))).toEqual([
    null,
    ...Array.from({ length: 16 }, () => "link" as const),
  ]);
  const tokens = Array.from({ length: 65 }, () => links.exchange([links.create().secret]) ?? "");
  expect(tokens.map((token) => links.recognise([token]))).toEqual([
    null,
    ...Array.from({ length: 64 }, () => "token" as const),
  ]);
});
