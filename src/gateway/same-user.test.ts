import { expect, test } from "bun:test";
import { connect, createServer } from "node:net";
import { createSameUser, type SameUserOptions } from "./same-user.ts";

const header =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const row = (local: string, remote: string, uid: number) =>
  `   0: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000 ${uid}        0 4711 1 0 20 4 30 10 -1\n`;

function over(texts: Record<string, string | Error>, more: Partial<SameUserOptions> = {}) {
  const seen = { reads: 0, troubles: 0 };
  const ask = createSameUser({
    platform: "linux",
    uid: 1000,
    port: () => 18789,
    trouble: () => {
      seen.troubles += 1;
    },
    read: async (path) => {
      seen.reads += 1;
      const text = texts[path] ?? "";
      if (text instanceof Error) throw text;
      return text;
    },
    ...more,
  });
  return { ask, seen };
}

test("the far end's own row decides, not the gateway's row of the same connection", async () => {
  const { ask } = over({
    "/proc/net/tcp":
      header + row("0100007F:C350", "0100007F:4965", 1000) + row("0100007F:4965", "0100007F:C351", 1000),
  });
  expect(await ask({ address: "127.0.0.1", port: 0xc350 })).toBe(true);
  expect(await ask({ address: "127.0.0.1", port: 0xc351 })).toBe(false);
});

test("another user, another address and another destination are not ours", async () => {
  const { ask } = over({
    "/proc/net/tcp":
      row("0100007F:C350", "0100007F:4965", 1001) +
      row("0200007F:C351", "0100007F:4965", 1000) +
      row("0100007F:C352", "0100007F:4966", 1000),
  });
  for (const port of [0xc350, 0xc351, 0xc352]) expect(await ask({ address: "127.0.0.1", port })).toBe(false);
  expect(await ask({ address: "127.0.0.2", port: 0xc351 })).toBe(true);
});

test("IPv6 is found, and IPv4 that stands mapped among IPv6", async () => {
  const { ask } = over({
    "/proc/net/tcp6":
      row("00000000000000000000000001000000:C350", "00000000000000000000000001000000:4965", 1000) +
      row("0000000000000000FFFF00000100007F:C351", "0000000000000000FFFF00000100007F:4965", 1000),
  });
  expect(await ask({ address: "::1", port: 0xc350 })).toBe(true);
  expect(await ask({ address: "127.0.0.1", port: 0xc351 })).toBe(true);
});

test("all who ask in one turn share one look", async () => {
  const { ask, seen } = over({ "/proc/net/tcp": row("0100007F:C350", "0100007F:4965", 1000) });
  await Promise.all(Array.from({ length: 500 }, (_, n) => ask({ address: "127.0.0.1", port: 1 + n })));
  expect(seen.reads).toBe(2);
});

test("where the tables cannot be read nobody is ours, and it is said; one of the two is enough", async () => {
  const denied = new Error("denied");
  const none = over({ "/proc/net/tcp": denied, "/proc/net/tcp6": denied });
  expect(await none.ask({ address: "127.0.0.1", port: 1 })).toBe(false);
  expect(none.seen.troubles).toBe(1);
  const one = over({
    "/proc/net/tcp": row("0100007F:0001", "0100007F:4965", 1000),
    "/proc/net/tcp6": denied,
  });
  expect(await one.ask({ address: "127.0.0.1", port: 1 })).toBe(true);
});

test.if(process.platform === "linux")(
  "a connection of this very process is found in the real table",
  async () => {
    const { promise: accepted, resolve } = Promise.withResolvers<number>();
    const server = createServer((socket) => resolve(socket.remotePort ?? 0));
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const { port } = server.address() as { port: number };
    const client = connect(port, "127.0.0.1");
    const far = { address: "127.0.0.1", port: await accepted };
    const asking = (uid: number) =>
      createSameUser({
        platform: "linux",
        uid,
        port: () => port,
        trouble: (error) => expect(error).toBeNull(),
      })(far);
    const uid = process.geteuid?.() ?? -1;
    expect(await asking(uid)).toBe(true);
    expect(await asking(uid + 1)).toBe(false);
    client.destroy();
    server.close();
  },
);
