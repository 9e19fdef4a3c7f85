/** Hostile floods against the executable: each bounded in time, in number and in memory. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { connect as connectTcp, type Socket } from "node:net";
import type { GatewayClient } from "#src/client/client.ts";
import {
  type BareSocket,
  jsonOf,
  opcodes,
  openBare,
  upgradeRequest,
  wireFrame,
} from "../wire/bare-socket.ts";
import { connectFrame } from "../wire/raw-socket.ts";
import { type Started, startExecutable } from "./executable.ts";

setDefaultTimeout(60_000);

const megabyte = 1024 * 1024;

interface Measured extends AsyncDisposable {
  gateway: Started;
  /** A client that is connected all the time. */
  owner: GatewayClient;
  /** Megabytes of memory more than before the flood, as the gateway itself says. */
  grown(): Promise<number>;
  sheds(): Promise<Record<string, number>>;
}

/** A gateway that has done everything once, so that only what a flood holds is measured. */
async function startMeasured(): Promise<Measured> {
  const gateway = await startExecutable();
  const owner = await gateway.connect();
  const look = async () => (await owner.call("health", { probe: true })).process;
  for (let times = 0; times < 200; times += 1) await owner.call("system.echo", { text: "warm" });
  const others = await Promise.all(Array.from({ length: 50 }, () => greeted(gateway.port)));
  for (const other of others) other[Symbol.dispose]();
  const before = (await look()).rssBytes;
  return {
    gateway,
    owner,
    grown: async () => ((await look()).rssBytes - before) / megabyte,
    sheds: async () => (await look()).sheds,
    async [Symbol.asyncDispose]() {
      await owner.close();
      await gateway[Symbol.asyncDispose]();
    },
  };
}

async function greeted(port: number): Promise<BareSocket> {
  const socket = await openBare(port);
  socket.write(wireFrame(opcodes.text, JSON.stringify(connectFrame({ scopes: ["operator.read"] }))));
  await socket.next((frame) => jsonOf(frame)?.id === "c1");
  return socket;
}

/** Milliseconds from nothing to hello-ok and a first answer. */
async function timeToHello({ gateway }: Measured): Promise<number> {
  const begun = performance.now();
  await using client = await gateway.connect();
  await client.call("system.echo", { text: "here I am" });
  return performance.now() - begun;
}

async function fiveHellos(measured: Measured): Promise<number> {
  let longest = 0;
  for (let times = 0; times < 5; times += 1) {
    longest = Math.max(longest, await timeToHello(measured));
    await Bun.sleep(200);
  }
  return longest;
}

function dispose(sockets: Iterable<Disposable>): void {
  for (const socket of sockets) socket[Symbol.dispose]();
}

/** Opens sockets in portions, so that no queue of the kernel's overflows. */
async function many<T>(count: number, open: (index: number) => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (let from = 0; from < count; from += 50) {
    all.push(
      ...(await Promise.all(Array.from({ length: Math.min(50, count - from) }, (_, n) => open(from + n)))),
    );
  }
  return all;
}

test("four hundred sockets that say nothing: the owner is greeted within two seconds, again and again", async () => {
  await using measured = await startMeasured();
  const silent = await many(400, () => openBare(measured.gateway.port));
  expect(await fiveHellos(measured)).toBeLessThan(2_000);
  await Promise.all(silent.slice(0, 400 - 64).map(({ ended }) => ended));
  expect(await measured.sheds()).toEqual({ "silent-before-hello": 336 });
  expect(await measured.grown()).toBeLessThan(8);
  dispose(silent);
});

test.each([
  ["before hello", openBare],
  ["after hello", greeted],
] as const)("pings without end whose pongs nobody takes, %s: at most 8 MB more", async (_, open) => {
  await using measured = await startMeasured();
  for (const size of [0, 125]) {
    using deaf = await open(measured.gateway.port);
    let over = false;
    void deaf.ended.then(() => {
      over = true;
    });
    deaf.pause();
    const pings = Buffer.concat(
      Array.from({ length: 10_000 }, () => wireFrame(opcodes.ping, "p".repeat(size))),
    );
    let most = 0;
    for (let times = 0; times < 200 && !over; times += 1) {
      deaf.write(pings);
      most = Math.max(most, await measured.grown());
    }
    expect(most).toBeLessThan(8);
  }
  expect((await measured.sheds())["ping-flood"]).toBeGreaterThan(0);
});

test("a thousand sockets that each hold half a message of the largest size: at most 48 MB more, once settled", async () => {
  await using measured = await startMeasured();
  const half = wireFrame(opcodes.text, Buffer.alloc(524_200, 32), { fin: false });
  const hostile = await many(1_000, async () => {
    const socket = await openBare(measured.gateway.port);
    socket.write(half);
    return socket;
  });
  expect(await fiveHellos(measured)).toBeLessThan(2_000);
  await Promise.all(hostile.slice(0, 1_000 - 64).map(({ ended }) => ended));
  // The allocator gives back what it has in its own time.
  const patience = performance.now() + 8_000;
  while ((await measured.grown()) > 48 && performance.now() < patience) await Bun.sleep(100);
  expect(await measured.grown()).toBeLessThan(48);
  dispose(hostile);
});

test("a thousand sockets, each hostile in another way: at most 48 MB more, and the owner is served", async () => {
  await using measured = await startMeasured();
  const { port } = measured.gateway;
  const request = Buffer.from(JSON.stringify(connectFrame()));
  const ways: ((socket: BareSocket) => void)[] = [
    () => undefined,
    (socket) => socket.write(wireFrame(opcodes.text, request).subarray(0, 7)),
    (socket) => socket.write(wireFrame(opcodes.text, Buffer.alloc(65_000, 91))),
    (socket) => socket.write(wireFrame(opcodes.text, Buffer.alloc(300_000, 32), { fin: false })),
    (socket) => socket.write(wireFrame(opcodes.text, "", { claims: 524_288n })),
    (socket) =>
      socket.write(Buffer.concat(Array.from({ length: 2_000 }, () => wireFrame(opcodes.continuation, "")))),
    (socket) => socket.write(wireFrame(opcodes.text, Buffer.alloc(200_000, 120))),
    (socket) => {
      socket.pause();
      socket.write(wireFrame(opcodes.text, request));
    },
  ];
  const hostile = await many(1_000, async (index) => {
    const socket = await openBare(port);
    ways[index % ways.length]?.(socket);
    return socket;
  });
  expect(await fiveHellos(measured)).toBeLessThan(2_000);
  const patience = performance.now() + 8_000;
  while ((await measured.grown()) > 48 && performance.now() < patience) await Bun.sleep(100);
  expect(await measured.grown()).toBeLessThan(48);
  dispose(hostile);
});

describe("two thousand requests in one go", () => {
  const requests = Buffer.concat(
    Array.from({ length: 2_000 }, (_, index) => {
      const request = {
        type: "req",
        id: `p${index}`,
        method: "system.echo",
        params: { text: "x".repeat(1_000) },
      };
      return wireFrame(opcodes.text, JSON.stringify(request));
    }),
  );
  const answersOf = ({ frames }: BareSocket) =>
    frames.map(jsonOf).filter((frame) => frame?.type === "res" && frame.id !== "c1");

  test("are answered in order, each once, within two seconds", async () => {
    await using measured = await startMeasured();
    using socket = await greeted(measured.gateway.port);
    const begun = performance.now();
    socket.write(requests);
    await socket.next((frame) => jsonOf(frame)?.id === "p1999");
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(answersOf(socket).map((frame) => frame?.id)).toEqual(
      Array.from({ length: 2_000 }, (_, n) => `p${n}`),
    );
    expect(answersOf(socket).every((frame) => frame?.ok)).toBe(true);
    expect(await measured.grown()).toBeLessThan(24);
  });

  test("of one who does not read wait for them, or are refused, at no one else's cost", async () => {
    await using measured = await startMeasured();
    using socket = await greeted(measured.gateway.port);
    socket.pause();
    for (let times = 0; times < 5; times += 1) socket.write(requests);
    let longest = 0;
    for (let times = 0; times < 5; times += 1) longest = Math.max(longest, await timeToHello(measured));
    expect(longest).toBeLessThan(2_000);
    const patience = performance.now() + 8_000;
    while ((await measured.grown()) > 24 && performance.now() < patience) await Bun.sleep(100);
    expect(await measured.grown()).toBeLessThan(24);
    socket.resume();
    while (answersOf(socket).length < 10_000) await Bun.sleep(5);
    const ids = answersOf(socket).map((frame) => frame?.id);
    for (let n = 0; n < 2_000; n += 1) expect(ids.filter((id) => id === `p${n}`)).toHaveLength(5);
    const refused = answersOf(socket).filter((frame) => frame?.ok !== true);
    for (const frame of refused)
      expect(frame).toMatchObject({ error: { code: "UNAVAILABLE", retryAfterMs: 250 } });
  });
});

describe("slow senders", () => {
  let measured: Measured;
  beforeAll(async () => {
    measured = await startMeasured();
  });
  afterAll(() => measured[Symbol.asyncDispose]());

  /** Connects, sends the head and then a byte a second; resolves with the milliseconds until it is cut off. */
  function slow(head: string, drip: string): Promise<number> {
    const begun = performance.now();
    return new Promise((resolve) => {
      const socket: Socket = connectTcp(measured.gateway.port, "127.0.0.1", () => socket.write(head));
      const timer = setInterval(() => socket.write(drip), 1_000);
      socket.on("data", () => undefined);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        clearInterval(timer);
        resolve(performance.now() - begun);
      });
    });
  }

  test("of nothing, of half a head, of a head byte by byte, of a body: all are cut off within fifteen seconds", async () => {
    const { port } = measured.gateway;
    const head = upgradeRequest(port).slice(0, -2);
    const post = `POST /nothing HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 100000\r\n\r\n`;
    const kinds: [string, string][] = [
      ["", ""],
      [head.slice(0, 40), ""],
      [head, "X-Slow: 1\r\n"],
      [head, "x"],
      ["G", "E"],
      [post, "x"],
    ];
    const sockets = kinds.flatMap(([first, drip]) => Array.from({ length: 25 }, () => slow(first, drip)));
    const longest = Promise.all(sockets).then((all) => Math.max(...all));
    expect(await fiveHellos(measured)).toBeLessThan(2_000);
    expect(await longest).toBeLessThan(15_000);
    expect(await measured.grown()).toBeLessThan(8);
  });
});
