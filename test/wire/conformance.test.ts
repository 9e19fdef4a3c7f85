/** The WebSocket protocol byte by byte, before hello and after it: RFC 6455 with the sections in brackets. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type BareSocket,
  closeFrame,
  type FrameOptions,
  jsonOf,
  opcodes,
  openBare,
  upgradeRequest,
  wireFrame,
} from "./bare-socket.ts";
import { connectFrame } from "./raw-socket.ts";
import { type House, startHouse } from "./start-house.ts";

const { text, binary, continuation, close, ping, pong } = opcodes;

let house: House;
beforeAll(async () => {
  house = await startHouse();
});
afterAll(() => house[Symbol.asyncDispose]());

/** What a script sends, given a message that the gateway answers; all of it must arrive as if it were sent plainly. */
type Script = (message: Buffer) => Uint8Array | Uint8Array[];

interface Case {
  name: string;
  script: Script;
  /** The message is answered, or the connection ends with one of these codes. */
  ends: "answered" | readonly number[];
  /** Pongs that must have come, in order. */
  pongs?: string[];
}

const part = (opcode: number, payload: Uint8Array | string, fin = false, more: FrameOptions = {}) =>
  wireFrame(opcode, payload, { fin, ...more });
const whole = (message: Buffer) => wireFrame(text, message);
/** The message with the bytes in place of the letter that it carries in a JSON string. */
const carrying = (message: Buffer, bytes: number[]): Buffer => {
  const at = message.indexOf(marker);
  return Buffer.concat([
    message.subarray(0, at),
    Buffer.from(bytes),
    message.subarray(at + Buffer.byteLength(marker)),
  ]);
};
const marker = "é€𝄞";
const cut = (bytes: Buffer, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
const fragments = (message: Buffer, size: number) => {
  const pieces = cut(message, size);
  return pieces.map((piece, index) =>
    part(index === 0 ? text : continuation, piece, index === pieces.length - 1),
  );
};
const insideMarker = (message: Buffer) => message.indexOf(marker) + 1;

const protocolError = [1002] as const;
const notUtf8 = [1007] as const;

const cases: Case[] = [
  { name: "one masked text frame [5.6]", script: whole, ends: "answered" },
  { name: "a binary frame is read as text [5.6]", script: (m) => wireFrame(binary, m), ends: "answered" },
  {
    name: "an unmasked frame [5.1]",
    script: (m) => wireFrame(text, m, { masked: false }),
    ends: protocolError,
  },
  ...[1, 2, 4, 7].map(
    (rsv): Case => ({
      name: `reserved bits ${rsv.toString(2).padStart(3, "0")} [5.2]`,
      script: (m) => wireFrame(text, m, { rsv }),
      ends: protocolError,
    }),
  ),
  {
    name: "reserved bits on a ping [5.2]",
    script: () => wireFrame(ping, "", { rsv: 4 }),
    ends: protocolError,
  },
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(
    (opcode): Case => ({
      name: `reserved opcode ${opcode} [5.2]`,
      script: () => wireFrame(opcode, "x"),
      ends: protocolError,
    }),
  ),

  { name: "fragments of 7 bytes [5.4]", script: (m) => fragments(m, 7), ends: "answered" },
  {
    name: "an empty first and an empty last fragment [5.4]",
    script: (m) => [part(text, ""), part(continuation, m), part(continuation, "", true)],
    ends: "answered",
  },
  {
    name: "a thousand empty fragments [5.4]",
    script: (m) => [
      part(text, m),
      Buffer.concat(Array.from({ length: 1_000 }, () => part(continuation, ""))),
      part(continuation, "", true),
    ],
    ends: "answered",
  },
  {
    name: "a ping between fragments is answered at once [5.4]",
    script: (m) => [
      part(text, m.subarray(0, 9)),
      wireFrame(ping, "now"),
      part(continuation, m.subarray(9), true),
    ],
    ends: "answered",
    pongs: ["now"],
  },
  {
    name: "a continuation of nothing [5.4]",
    script: () => part(continuation, "x", true),
    ends: protocolError,
  },
  {
    name: "a continuation of nothing, unfinished [5.4]",
    script: () => part(continuation, "x"),
    ends: protocolError,
  },
  {
    name: "a continuation after a whole message [5.4]",
    script: () => [wireFrame(pong, ""), part(continuation, "x", true)],
    ends: protocolError,
  },
  {
    name: "a new text frame inside a fragmented message [5.4]",
    script: (m) => [part(text, m.subarray(0, 9)), wireFrame(text, m)],
    ends: protocolError,
  },
  {
    name: "a new binary frame inside a fragmented message [5.4]",
    script: (m) => [part(text, m.subarray(0, 9)), part(binary, m)],
    ends: protocolError,
  },

  {
    name: "a ping of 125 bytes [5.5]",
    script: (m) => [wireFrame(ping, "p".repeat(125)), whole(m)],
    ends: "answered",
    pongs: ["p".repeat(125)],
  },
  {
    name: "a ping without a body [5.5.2]",
    script: (m) => [wireFrame(ping, ""), whole(m)],
    ends: "answered",
    pongs: [""],
  },
  {
    name: "pings are answered in order [5.5.2]",
    script: (m) => [Buffer.concat(["a", "b", "c"].map((each) => wireFrame(ping, each))), whole(m)],
    ends: "answered",
    pongs: ["a", "b", "c"],
  },
  {
    name: "an unasked pong [5.5.3]",
    script: (m) => [wireFrame(pong, "unasked"), whole(m)],
    ends: "answered",
    pongs: [],
  },
  { name: "a ping of 126 bytes [5.5]", script: () => wireFrame(ping, "p".repeat(126)), ends: protocolError },
  { name: "a pong of 126 bytes [5.5]", script: () => wireFrame(pong, "p".repeat(126)), ends: protocolError },
  { name: "a fragmented ping [5.5]", script: () => part(ping, "x"), ends: protocolError },
  { name: "a fragmented close [5.5]", script: () => part(close, Buffer.from([3, 232])), ends: protocolError },

  {
    name: "a length in 16 bits that 7 would hold [5.2]",
    script: (m) => [wireFrame(ping, "", {}), wireFrame(text, m, { form: 16 })],
    ends: "answered",
    pongs: [""],
  },
  {
    name: "a length in 64 bits that 16 would hold [5.2]",
    script: (m) => wireFrame(text, m, { form: 64 }),
    ends: "answered",
  },
  {
    name: "a length of 2^63 [5.2]",
    script: () => wireFrame(text, "", { claims: 1n << 63n }),
    ends: [1002, 1009],
  },
  {
    name: "a length of 2^64-1 [5.2]",
    script: () => wireFrame(text, "", { claims: (1n << 64n) - 1n }),
    ends: [1002, 1009],
  },
  { name: "a length of 2^53 [5.2]", script: () => wireFrame(text, "", { claims: 1n << 53n }), ends: [1009] },
  {
    name: "a length above the limit is refused at its head [5.2]",
    script: () => wireFrame(text, "", { claims: 524_289n }),
    ends: [1009],
  },
  {
    name: "fragments above the limit together [5.4]",
    script: () => [part(text, Buffer.alloc(524_000, 32)), part(continuation, Buffer.alloc(1_000, 32), true)],
    ends: [1009],
  },

  { name: "letters of two, three and four bytes [8.1]", script: whole, ends: "answered" },
  {
    name: "a letter split between fragments [8.1]",
    script: (m) => [
      part(text, m.subarray(0, insideMarker(m))),
      part(continuation, m.subarray(insideMarker(m)), true),
    ],
    ends: "answered",
  },
  { name: "every byte a fragment [8.1]", script: (m) => Buffer.concat(fragments(m, 1)), ends: "answered" },
  ...(
    [
      ["a stray continuation byte", [0x80]],
      ["a letter that is cut short", [0xe2, 0x82]],
      ["an overlong slash in two bytes", [0xc0, 0xaf]],
      ["an overlong slash in three bytes", [0xe0, 0x80, 0xaf]],
      ["an overlong slash in four bytes", [0xf0, 0x80, 0x80, 0xaf]],
      ["a surrogate", [0xed, 0xa0, 0x80]],
      ["a pair of surrogates", [0xed, 0xa0, 0xb4, 0xed, 0xb4, 0x9e]],
      ["a letter beyond 10FFFF", [0xf4, 0x90, 0x80, 0x80]],
      ["a byte that never occurs", [0xff]],
      ["five bytes", [0xf8, 0x88, 0x80, 0x80, 0x80]],
    ] as const
  ).map(
    ([what, bytes]): Case => ({
      name: `${what} is no UTF-8 [8.1]`,
      script: (m) => wireFrame(text, carrying(m, [...bytes])),
      ends: notUtf8,
    }),
  ),
  {
    name: "no UTF-8 across two fragments [8.1]",
    script: (m) => {
      const broken = carrying(m, [0xed, 0xa0, 0x80]);
      const at = m.indexOf(marker) + 1;
      return [part(text, broken.subarray(0, at)), part(continuation, broken.subarray(at), true)];
    },
    ends: notUtf8,
  },

  {
    name: "byte by byte",
    script: (m) => cut(Buffer.concat([wireFrame(ping, "slow"), whole(m)]), 1),
    ends: "answered",
    pongs: ["slow"],
  },
  {
    name: "everything in one packet",
    script: (m) =>
      Buffer.concat([wireFrame(ping, "1"), ...fragments(m, 11), wireFrame(ping, "2"), wireFrame(pong, "")]),
    ends: "answered",
    pongs: ["1", "2"],
  },

  { name: "a close without a code [7.1.5]", script: () => closeFrame(), ends: [1000, 1005] },
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map(
    (code): Case => ({
      name: `a close with ${code} is answered [7.4]`,
      script: () => closeFrame(code, "bye"),
      ends: [code],
    }),
  ),
  ...[0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map(
    (code): Case => ({
      name: `a close with ${code} is none [7.4]`,
      script: () => closeFrame(code),
      ends: protocolError,
    }),
  ),
  {
    name: "a close with half a code [7.1.5]",
    script: () => wireFrame(close, Buffer.from([3])),
    ends: protocolError,
  },
  {
    name: "a close with a reason of 123 bytes [5.5.1]",
    script: () => closeFrame(1000, "r".repeat(123)),
    ends: [1000],
  },
  {
    name: "a close with a reason of 124 bytes [5.5.1]",
    script: () => closeFrame(1000, "r".repeat(124)),
    ends: protocolError,
  },
  {
    name: "a close whose reason is no UTF-8 [5.5.1]",
    script: () => closeFrame(1000, Buffer.from([0xff])),
    ends: [1002, 1007],
  },
  {
    name: "what follows a close is not read [5.5.1]",
    script: (m) => Buffer.concat([closeFrame(1000), whole(m), wireFrame(ping, "late")]),
    ends: [1000],
    pongs: [],
  },
  {
    name: "a close in the middle of a fragmented message [5.5.1]",
    script: (m) => [part(text, m.subarray(0, 9)), closeFrame(1000), part(continuation, m.subarray(9), true)],
    ends: [1000],
  },
];

interface Stage {
  name: string;
  open(): Promise<BareSocket>;
  message: Buffer;
  answerId: string;
}

const request = (id: string, method: string, params: object) =>
  Buffer.from(JSON.stringify({ type: "req", id, method, params }));

const stages: Stage[] = [
  {
    name: "before hello",
    open: () => openBare(house.port),
    message: Buffer.from(JSON.stringify(connectFrame({}, { displayName: marker }))),
    answerId: "c1",
  },
  {
    name: "after hello",
    async open() {
      const socket = await openBare(house.port);
      socket.write(
        wireFrame(text, JSON.stringify(connectFrame({ scopes: ["operator.read", "operator.write"] }))),
      );
      await socket.next((frame) => jsonOf(frame)?.id === "c1");
      return socket;
    },
    message: request("echo", "system.echo", { text: marker }),
    answerId: "echo",
  },
];

for (const stage of stages) {
  describe(stage.name, () => {
    test.each(cases.map((each): [string, Case] => [each.name, each]))(
      "%s",
      async (_, { script, ends, pongs }) => {
        using socket = await stage.open();
        for (const bytes of [script(stage.message)].flat()) socket.write(bytes);
        const answers = () => socket.frames.filter((frame) => jsonOf(frame)?.id === stage.answerId);
        if (ends === "answered") {
          const answer = jsonOf(await socket.next((frame) => jsonOf(frame)?.id === stage.answerId));
          expect(answer).toMatchObject({ ok: true });
          if (stage.answerId === "echo") expect(answer).toMatchObject({ payload: { text: marker } });
          expect(answers()).toHaveLength(1);
        } else {
          const { code } = await socket.ended;
          expect(ends).toContain(code);
          expect(answers()).toHaveLength(0);
        }
        if (pongs !== undefined) {
          const seen = socket.frames
            .filter(({ opcode }) => opcode === pong)
            .map(({ payload }) => payload.toString());
          expect(seen).toEqual(pongs);
        }
      },
    );
  });
}

test("all of that is no error of the gateway's, and none of it stays", async () => {
  await using client = await house.connect();
  const look = async () => (await client.call("health", { probe: true })).process;
  // The last sockets end when the kernel says so.
  while ((await look()).connections > 1) await Bun.sleep(5);
  expect(await look()).toMatchObject({ containedErrors: 0, sheds: {} });
});

describe("an upgrade", () => {
  const status = async (request: string) => {
    using socket = await openBare(house.port, request);
    return socket.head.split(" ")[1] ?? "none";
  };
  const changed = (headers: Record<string, string | undefined>) =>
    status(upgradeRequest(house.port, headers));

  test("that is right is accepted with the key that RFC 6455 gives as its example", async () => {
    using socket = await openBare(house.port);
    expect(socket.head).toContain("HTTP/1.1 101 ");
    expect(socket.head).toContain("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    expect(socket.head.toLowerCase()).not.toContain("sec-websocket-extensions");
    expect(jsonOf(await socket.next(() => true))).toMatchObject({ event: "connect.challenge" });
  });

  test.each([
    ["without a key", { "Sec-WebSocket-Key": undefined }],
    ["with an empty key", { "Sec-WebSocket-Key": "" }],
    ["with a key that is too short", { "Sec-WebSocket-Key": "c2hvcnQ=" }],
    ["without a version", { "Sec-WebSocket-Version": undefined }],
    ["with version 8", { "Sec-WebSocket-Version": "8" }],
    ["with version 14", { "Sec-WebSocket-Version": "14" }],
    ["without Connection", { Connection: undefined }],
    ["with Connection: close", { Connection: "close" }],
  ] as const)("%s is refused at once", async (_, headers) => {
    expect(await changed(headers)).toMatch(/^4\d\d$/);
  });

  test.each([
    ["a foreign Host", { Host: "evil.example" }],
    ["two names in one Host", { Host: "127.0.0.1, evil.example" }],
    ["a Host that only begins like ours", { Host: "127.0.0.1.evil.example" }],
    ["a Host with credentials", { Host: "evil@127.0.0.1" }],
    ["a foreign Origin", { Origin: "https://evil.example" }],
    ["an Origin that only begins like ours", { Origin: "http://127.0.0.1.evil.example" }],
    ["the Origin null", { Origin: "null" }],
    ["an empty Origin", { Origin: "" }],
  ] as const)("with %s is refused before the upgrade", async (_, headers) => {
    expect(await changed(headers)).toBe("403");
  });

  test("with two Host headers, or none, is refused whichever comes first", async () => {
    const ours = `127.0.0.1:${house.port}`;
    const rest = upgradeRequest(house.port, { Host: undefined }).replace("GET / HTTP/1.1\r\n", "");
    const twice = (first: string, second: string) =>
      status(`GET / HTTP/1.1\r\nHost: ${first}\r\nHost: ${second}\r\n${rest}`);
    expect(await twice(ours, "evil.example")).toMatch(/^40[03]$/);
    expect(await twice("evil.example", ours)).toMatch(/^40[03]$/);
    expect(await twice(ours, ours)).toMatch(/^40[03]$/);
    expect(await status(`GET / HTTP/1.1\r\n${rest}`)).toMatch(/^40[03]$/);
  });

  test("by another method than GET is refused", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "HEAD", "CONNECT"]) {
      expect(await status(upgradeRequest(house.port).replace("GET", method))).toMatch(/^4\d\d$/);
    }
  });

  test("offers no compression and takes none", async () => {
    using socket = await openBare(
      house.port,
      upgradeRequest(house.port, {
        "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
      }),
    );
    expect(socket.head).toContain("101");
    expect(socket.head.toLowerCase()).not.toContain("permessage-deflate");
    socket.write(wireFrame(text, "x", { rsv: 4 }));
    expect(await socket.ended).toMatchObject({ code: 1002 });
  });
});
