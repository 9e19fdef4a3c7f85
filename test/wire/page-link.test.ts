import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { answerTo, connectFrame, type Frame, openRaw } from "./raw-socket.ts";
import { allScopes, type House, startHouse } from "./start-house.ts";

let house: House;
let guarded: House;
beforeAll(async () => {
  house = await startHouse();
  guarded = await startHouse({
    flags: { token: "right" },
    config: { gateway: { controlUi: { basePath: "/bot" } } },
  });
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
  await guarded[Symbol.asyncDispose]();
});

/** A client of our own, by the key in the state directory. */
function owner(of: House) {
  return of.connect({ auth: { token: readFileSync(join(of.stateDir, "local.key"), "utf8").trim() } });
}

async function newLink(of: House): Promise<{ url: URL; secret: string }> {
  await using client = await owner(of);
  const { url, expiresAt } = await client.call("page.link", {});
  expect(expiresAt).toBeGreaterThan(Date.now() + 590_000);
  const link = new URL(url);
  return { url: link, secret: new URLSearchParams(link.hash.slice(1)).get("t") ?? "" };
}

/** What the page gets that sends this secret, as the page does in both fields. */
async function visit(of: House, secret: string, headers: Record<string, string> = {}): Promise<Frame> {
  using socket = await openRaw(of.socketUrl, { headers });
  const auth = { token: secret, password: secret };
  socket.send(connectFrame({ auth, scopes: allScopes }, { id: "webchat-ui", mode: "webchat" }));
  return await socket.next(answerTo("c1"));
}

describe("a link to the page", () => {
  test("opens it once with everything; the page comes back with the token that it was given", async () => {
    for (const of of [house, guarded]) {
      const { url, secret } = await newLink(of);
      expect(`${url.origin}${url.pathname}`).toBe(
        `http://127.0.0.1:${of.port}${of === guarded ? "/bot" : ""}/`,
      );
      expect((await fetch(url)).status).toBe(200);
      const first = await visit(of, secret);
      expect(first.payload.auth).toEqual({
        method: "page",
        role: "operator",
        scopes: allScopes,
        deviceToken: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
        issuedAtMs: expect.any(Number),
      });
      const again = await visit(of, first.payload.auth.deviceToken);
      expect(again.payload.auth).toEqual({ method: "page", role: "operator", scopes: allScopes });
      expect((await visit(of, first.payload.auth.deviceToken)).payload.auth.method).toBe("page");
    }
  });

  test("opens nothing a second time", async () => {
    const open = await newLink(house);
    await visit(house, open.secret);
    const second = await visit(house, open.secret);
    expect(second.payload.auth).toEqual({
      method: "none",
      role: "operator",
      scopes: ["operator.read", "operator.write"],
    });
    const shut = await newLink(guarded);
    await visit(guarded, shut.secret);
    expect((await visit(guarded, shut.secret)).error.details.code).toBe("AUTH_TOKEN_MISMATCH");
  });

  test("is of no use behind a proxy or to a page of another origin, and is not used up by them", async () => {
    const { secret } = await newLink(guarded);
    for (const headers of [{ "x-forwarded-for": "203.0.113.9" }, { origin: "http://localhost:1" }]) {
      expect((await visit(guarded, secret, headers)).error.details.code).toBe("AUTH_TOKEN_MISMATCH");
    }
    const { payload } = await visit(guarded, secret);
    expect(payload.auth.method).toBe("page");
    const { deviceToken } = payload.auth;
    const proxied = await visit(guarded, deviceToken, { "x-forwarded-for": "203.0.113.9" });
    expect(proxied.error.details.code).toBe("AUTH_TOKEN_MISMATCH");
  });

  test("is not used up by a connect that is refused", async () => {
    const { secret } = await newLink(guarded);
    using socket = await openRaw(guarded.socketUrl);
    socket.send(connectFrame({ auth: { token: secret }, minProtocol: 9, maxProtocol: 9 }));
    await socket.closed;
    expect((await visit(guarded, secret)).payload.auth.method).toBe("page");
  });

  test("opens no other gateway", async () => {
    const { secret } = await newLink(house);
    expect((await visit(guarded, secret)).error.details.code).toBe("AUTH_TOKEN_MISMATCH");
  });

  test("leaves no secret in the log", async () => {
    const { secret } = await newLink(house);
    const { payload } = await visit(house, secret);
    house.log.flush();
    const text = readFileSync(join(house.stateDir, "logs", "moltbot.log"), "utf8");
    expect(text).toContain('"how":"page"');
    expect(text).not.toContain(secret);
    expect(text).not.toContain(payload.auth.deviceToken);
  });

  test("is for admins, and only where a page is served", async () => {
    await using reader = await house.connect();
    await expect(reader.call("page.link", {})).rejects.toMatchObject({
      message: "missing scope: operator.admin",
    });
    await using pageless = await startHouse({ config: { gateway: { controlUi: { enabled: false } } } });
    await using client = await owner(pageless);
    await expect(client.call("page.link", {})).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("gateway.controlUi.enabled"),
    });
  });

  test("a repeat is known although the page's token is not, as after a restart", async () => {
    await using first = await startHouse();
    const params = { sessionKey: "main", message: "hello", idempotencyKey: "once" };
    const { secret } = await newLink(first);
    await using page = await first.connect({ auth: { token: secret } });
    expect(await page.call("chat.send", params)).toMatchObject({ status: "started" });
    await page.call("agent.wait", { runId: "once" });
    await using again = await first.connect();
    expect(again.hello.auth.method).toBe("none");
    expect(await again.call("chat.send", params)).toEqual({ runId: "once", status: "ok" });
  });
});
