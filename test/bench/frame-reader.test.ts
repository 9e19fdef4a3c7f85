import { expect, test } from "bun:test";
import { createFrameReader, textFrame } from "./frame-reader.ts";

function serverFrame(payload: string, opcode = 1): Buffer {
  const { length } = payload;
  const header = length < 126 ? [length] : length <= 0xffff ? [126, length >> 8, length & 0xff] : null;
  const long = Buffer.alloc(9, 127);
  if (header === null) long.writeBigUInt64BE(BigInt(length), 1);
  return Buffer.concat([Buffer.from([0x80 | opcode, ...(header ?? long)]), Buffer.from(payload)]);
}

const text = (bytes: number) => "x".repeat(bytes);
const frames: [kind: string, payload: string, opcode?: number][] = [
  ["challenge", '{"type":"event","event":"connect.challenge","payload":{}}'],
  ["hello", `{"type":"res","id":"c0","ok":true,"payload":"${text(2000)}"}`],
  ["answer", '{"type":"res","id":"q0","ok":true,"payload":{}}'],
  ["refusal", '{"type":"res","id":"q0","ok":false,"error":{}}'],
  ["chat", `{"type":"event","event":"chat","payload":"${text(300)}"}`],
  ["presence", `{"type":"event","event":"presence","payload":"${text(70_000)}"}`],
  ["event", '{"type":"event","event":"tick"}'],
  ["ping", "", 9],
  ["close", "", 8],
];
const stream = Buffer.concat(frames.map(([, payload, opcode]) => serverFrame(payload, opcode)));
const expected = frames.map(([kind, payload]) => [kind, payload.length]);

for (const size of [1, 7, 100, 65_536, stream.length]) {
  test(`frames are told apart and measured in pieces of ${size} bytes`, () => {
    const seen: unknown[] = [];
    const read = createFrameReader((kind, bytes) => void seen.push([kind, bytes]));
    for (let at = 0; at < stream.length; at += size) read(stream.subarray(at, at + size));
    expect(seen).toEqual(expected);
  });
}

test("a frame is told of when its last byte has come, so that nobody asks for more while the server still sends", () => {
  const seen: string[] = [];
  const read = createFrameReader((kind) => void seen.push(kind));
  const frame = serverFrame('{"type":"res","id":"q0","ok":true,"payload":{}}');
  read(frame.subarray(0, -1));
  expect(seen).toEqual([]);
  read(frame.subarray(-1));
  expect(seen).toEqual(["answer"]);
});

test("a real server understands the prepared frames", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  using server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, self) => (self.upgrade(request) ? undefined : new Response(null, { status: 400 })),
    websocket: { message: (_socket, message) => resolve(String(message)) },
  });
  const message = `{"text":"${text(300)} ü"}`;
  const upgrade =
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: server.port as number,
    socket: { data: (socket) => void socket.write(textFrame(message)) },
  });
  socket.write(upgrade);
  expect(await promise).toBe(message);
  socket.end();
});
