import { expect, test } from "bun:test";
import { outwardName, pageAt } from "./page-address.ts";

test("the page's address by what is bound, or by another name", () => {
  const plain = { scheme: "http", port: 18789, basePath: "" } as const;
  expect(pageAt("0.0.0.0", plain)).toBe("http://127.0.0.1:18789/");
  expect(pageAt("fd00::2", { ...plain, basePath: "/bot" })).toBe("http://[fd00::2]:18789/bot/");
  expect(pageAt("[fd00::2]", plain)).toBe("http://[fd00::2]:18789/");
});

test("another computer is sent to an address of a network, and to this one only where there is none", () => {
  const home = ["localhost", "127.0.0.1", "::1", "[::1]"];
  expect(outwardName(home)).toBe("127.0.0.1");
  expect(outwardName([...home, "[fd00::2]", "192.168.1.5", "bot.lan"])).toBe("192.168.1.5");
  expect(outwardName([...home, "bot.lan"])).toBe("bot.lan");
});
