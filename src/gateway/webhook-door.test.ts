import { expect, test } from "bun:test";
import type { RequestFacts } from "./trust.ts";
import { createWebhookDoor } from "./webhook-door.ts";

function setUp() {
  let time = 0;
  let asked = 0;
  const pass = createWebhookDoor(() => time);
  const webhook = (request: Request) => {
    asked += 1;
    return Promise.resolve(new Response("", { status: request.headers.get("x") === "right" ? 200 : 401 }));
  };
  const from = (peer: string, forwarded = false): RequestFacts => ({
    peer,
    host: null,
    origin: null,
    forwarded,
  });
  const call = async (secret: string, facts: RequestFacts, path = "/hook") =>
    (
      await pass(
        path,
        webhook,
        new Request("http://gate/hook", { method: "POST", headers: { x: secret } }),
        facts,
      )
    ).status;
  return {
    from,
    call,
    asked: () => asked,
    move(ms: number) {
      time += ms;
    },
  };
}

test("who brings ten wrong secrets in a minute is not listened to for five, and nobody else is concerned", async () => {
  const { from, call, asked, move } = setUp();
  const guesser = from("203.0.113.9");
  for (let count = 0; count < 10; count += 1) expect(await call("wrong", guesser)).toBe(401);
  expect(await call("wrong", guesser)).toBe(429);
  expect(await call("right", guesser)).toBe(429);
  expect(asked()).toBe(10);
  expect(await call("right", from("203.0.113.10"))).toBe(200);
  expect(await call("right", guesser, "/other")).toBe(200);
  move(300_001);
  expect(await call("right", guesser)).toBe(200);
});

test("the platform is not locked out by who comes from behind the same proxy", async () => {
  const { from, call } = setUp();
  const proven = from("203.0.113.7");
  expect(await call("right", proven)).toBe(200);
  for (const shared of [from("127.0.0.1"), from("203.0.113.8", true), proven]) {
    for (let count = 0; count < 10; count += 1) expect(await call("wrong", shared)).toBe(401);
    expect(await call("wrong", shared)).toBe(429);
    expect(await call("right", shared)).toBe(200);
  }
});
