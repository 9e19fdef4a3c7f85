import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { hello } from "../../test/cli/scripted-gateway.ts";
import { connectGateway } from "./client.ts";

const suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A gateway that greets and then hears nothing, not even the close: it is busy, or its machine is gone. */
function deafGateway() {
  const ended = Promise.withResolvers<void>();
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket, bytes) {
        const key = /^sec-websocket-key: (.+)\r$/im.exec(bytes.toString("latin1"))?.[1];
        if (key === undefined) {
          socket.write(frame({ type: "res", id: "1", ok: true, payload: hello({}, { scopes: [] }) }));
          return;
        }
        const accept = createHash("sha1")
          .update(key + suffix)
          .digest("base64");
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
        );
        socket.write(frame({ type: "event", event: "connect.challenge", payload: { nonce: "n", ts: 1 } }));
      },
      close: () => ended.resolve(),
    },
  });
  return {
    url: `ws://127.0.0.1:${server.port}`,
    /** Resolves when the client's side of the connection is gone. */
    ended: ended.promise,
    [Symbol.dispose]: () => server.stop(true),
  };
}

/** An unmasked text frame with a length of 16 bits. */
function frame(value: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(value));
  const head = Buffer.from([0x81, 126, 0, 0]);
  head.writeUInt16BE(text.length, 2);
  return Buffer.concat([head, text]);
}

test("closing waits for no answer: Bun's socket closes only when the peer has, which may never be", async () => {
  using gateway = deafGateway();
  const client = await connectGateway({
    url: gateway.url,
    client: { id: "test", version: "1", platform: "linux", mode: "test" },
  });
  const waiting = client.call("health");
  const begun = performance.now();
  await client.close();
  expect(performance.now() - begun).toBeLessThan(100);
  expect(await client.closed).toMatchObject({ code: 1000 });
  await expect(waiting).rejects.toThrow("1000");
  // Nor does the socket stay behind and keep the process alive.
  await gateway.ended;
});
