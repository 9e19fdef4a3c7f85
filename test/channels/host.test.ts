import { describe, expect, test } from "bun:test";
import { createServer } from "node:net";
import type { AccountSettings } from "#src/channels/accounts.ts";
import { systemClock } from "#src/channels/clock.ts";
import { openHost } from "#src/channels/host.ts";
import { spawnChild } from "#src/channels/host-child.ts";
import { createFetch } from "#src/channels/host-fetch.ts";
import { openSocket } from "#src/channels/host-socket.ts";
import { createLog } from "#src/lib/log.ts";

const log = createLog({ level: "silent", now: Date.now });

function host(settings: AccountSettings = {}, env: Record<string, string> = {}) {
  return openHost({
    channel: "fake",
    account: "default",
    settings,
    store: { get: () => null, set: async () => {}, delete: async () => {} },
    clock: systemClock(),
    log,
    env,
    receive: async () => {},
    state: () => {},
    alive: () => {},
  });
}

/** An HTTP proxy that says who came through it. */
function startProxy() {
  const seen: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      seen.push(request.url);
      return new Response("through the proxy");
    },
  });
  return { seen, url: `http://127.0.0.1:${server.port}`, [Symbol.dispose]: () => void server.stop(true) };
}

describe("fetch", () => {
  test("goes through the account's proxy", async () => {
    using proxy = startProxy();
    const { host: mine, close } = host({ proxy: proxy.url });
    const answer = await mine.fetch("http://platform.invalid/getMe");
    expect(await answer.text()).toBe("through the proxy");
    expect(proxy.seen).toEqual(["http://platform.invalid/getMe"]);
    close();
  });

  test("ends with the account, and by the caller's own signal", async () => {
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => new Promise<Response>(() => {}),
    });
    const { host: mine, close } = host();
    const asked = mine.fetch(server.url);
    const own = new AbortController();
    const other = mine.fetch(server.url, { signal: own.signal });
    own.abort(new Error("no longer wanted"));
    await expect(other).rejects.toThrow("no longer wanted");
    close();
    await expect(asked).rejects.toThrow("the account is closed");
    await server.stop(true);
  });

  test("gives its caller's headers and body on, and hangs on nothing after the answer", async () => {
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: async (request) => Response.json([request.headers.get("x-a"), await request.text()]),
    });
    const ask = createFetch({ proxy: null, signal: new AbortController().signal });
    const answer = await ask(server.url, { method: "POST", headers: { "x-a": "b" }, body: "c" });
    expect(await answer.json()).toEqual(["b", "c"]);
    await server.stop(true);
  });
});

describe("a socket", () => {
  function startPlatform() {
    const heard: string[] = [];
    const server = Bun.serve<undefined, never>({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request, own) {
        if (new URL(request.url).pathname === "/no") return new Response("no", { status: 403 });
        return own.upgrade(request, { data: undefined }) ? undefined : new Response("no", { status: 400 });
      },
      websocket: {
        open: (socket) => void socket.send("hello"),
        message(socket, message) {
          heard.push(String(message));
          if (message === "bye") socket.close(4001, "done");
          else socket.send(new Uint8Array([1, 2]));
        },
      },
    });
    return {
      heard,
      url: `ws://127.0.0.1:${server.port}`,
      [Symbol.dispose]: () => void server.stop(true),
    };
  }

  const signal = new AbortController().signal;

  test("gives messages in order, and what the other side says at the end", async () => {
    using platform = startPlatform();
    const socket = await openSocket(platform.url, { proxy: null, signal });
    const messages = socket.messages[Symbol.asyncIterator]();
    expect((await messages.next()).value).toBe("hello");
    socket.send("one");
    expect((await messages.next()).value).toEqual(new Uint8Array([1, 2]));
    socket.send("bye");
    expect(await socket.closed).toEqual({ code: 4001, reason: "done" });
    expect((await messages.next()).done).toBe(true);
    expect(platform.heard).toEqual(["one", "bye"]);
  });

  test("that is refused is an error, not a silence", async () => {
    using platform = startPlatform();
    await expect(openSocket(`${platform.url}/no`, { proxy: null, signal })).rejects.toThrow("did not open");
    await expect(openSocket("ws://127.0.0.1:1", { proxy: null, signal })).rejects.toThrow("did not open");
  });

  test("that nobody answers is given up", async () => {
    const mute = createServer(() => {});
    await new Promise<void>((resolve) => void mute.listen(0, "127.0.0.1", resolve));
    const { port } = mute.address() as { port: number };
    const opening = openSocket(`ws://127.0.0.1:${port}`, { proxy: null, signal, connectMs: 30 });
    await expect(opening).rejects.toThrow("not connected within 0.03 s");
    mute.close();
  });

  test("that is half open is ended when pings stay unanswered", async () => {
    using platform = startPlatform();
    // Between the two: passes everything on, until it is told to swallow it.
    let swallow = false;
    const target = Number(new URL(platform.url).port);
    const between = createServer((near) => {
      Bun.connect({
        hostname: "127.0.0.1",
        port: target,
        socket: {
          data: (_far, data) => void (swallow || near.write(data)),
          open(far) {
            near.on("data", (data) => void (swallow || far.write(data)));
            near.on("close", () => far.end());
          },
        },
      }).catch(() => near.destroy());
    });
    await new Promise<void>((resolve) => void between.listen(0, "127.0.0.1", resolve));
    const { port } = between.address() as { port: number };
    const socket = await openSocket(`ws://127.0.0.1:${port}`, { proxy: null, signal, pingMs: 20 });
    const messages = socket.messages[Symbol.asyncIterator]();
    expect((await messages.next()).value).toBe("hello");
    swallow = true;
    expect(await socket.closed).toEqual({ code: 1006, reason: "no answer to pings" });
    expect((await messages.next()).done).toBe(true);
    between.close();
  });

  test("ends with the account", async () => {
    using platform = startPlatform();
    const { host: mine, close } = host();
    const socket = await mine.openSocket(platform.url);
    close();
    expect(await socket.closed).toEqual({ code: 1006, reason: "the account is closed" });
  });
});

describe("a program", () => {
  test("is read line by line, and knows nothing of the gateway's environment", async () => {
    const { host: mine, close } = host({}, { PATH: process.env.PATH ?? "", GATEWAY_SECRET: "s3cret" });
    const child = mine.spawn(
      ["sh", "-c", 'read a; echo "got $a"; echo "<$GATEWAY_SECRET$MORE>"; printf tail'],
      {
        env: { MORE: "more" },
      },
    );
    child.write("hello\n");
    const lines: string[] = [];
    for await (const line of child.lines) lines.push(line);
    expect(lines).toEqual(["got hello", "<more>", "tail"]);
    expect(await child.exited).toBe(0);
    close();
  });

  test("that does not end when it is asked to is killed", async () => {
    const stop = new AbortController();
    const env = { PATH: process.env.PATH ?? "" };
    const child = spawnChild(["sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.05; done"], {
      env,
      signal: stop.signal,
      log,
      graceMs: 30,
    });
    for await (const line of child.lines) {
      expect(line).toBe("up");
      stop.abort();
    }
    expect(await child.exited).toBeGreaterThan(128);
  });
});

test("a closed account is heard no more", async () => {
  const { host: mine, close } = host();
  await mine.receive([]);
  close();
  await expect(mine.receive([])).rejects.toThrow("closed");
  await expect(mine.fetch("http://127.0.0.1:1/")).rejects.toThrow("closed");
});
