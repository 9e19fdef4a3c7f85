import { describe, expect, test } from "bun:test";
import { asLabel, type Message, readMessage, types, writeMessage } from "./dns-message.ts";
import { recordsOf } from "./service.ts";

const service = { name: "Moltbot on küche.v2", host: "moltbot-1", port: 18_789, txt: { role: "gateway" } };
const whole: Message = {
  id: 7,
  isResponse: true,
  questions: [{ name: ["a.b", "local"], type: types.any, unicast: true }],
  answers: recordsOf(service, "192.168.1.2").filter(({ type }) => type !== types.nsec),
  authorities: [],
  additionals: [],
};

describe("a DNS message", () => {
  test("is read as it was written", () => {
    expect(readMessage(writeMessage(whole))).toEqual(whole);
  });

  test("may point back, but not in a circle", () => {
    const head = [0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    const tail = [0, 12, 0, 1, 0, 0, 0, 9, 0, 2];
    const back = Buffer.from([...head, 1, 97, 0, ...tail, 0xc0, 12]);
    expect(readMessage(back)?.answers[0]?.data).toEqual({ is: "ptr", target: ["a"] });
    for (const pointer of [25, 23, 0x3f, 0]) {
      const circle = Buffer.from([...head, 1, 97, 0, ...tail, 0xc0, pointer]);
      expect(readMessage(circle)?.answers[0]?.data ?? null).not.toEqual({ is: "ptr", target: ["a"] });
    }
    expect(readMessage(Buffer.from([...head, 0xc0, 12, ...tail, 0xc0, 12]))).toBeNull();
  });

  test("that promises more than it has, or more than is sensible, is none", () => {
    const bytes = writeMessage(whole);
    for (let size = 0; size < bytes.length; size += 1)
      expect(readMessage(bytes.subarray(0, size))).toBeNull();
    for (const at of [4, 6, 8, 10]) {
      const lying = Buffer.from(bytes);
      lying.writeUInt16BE(0xffff, at);
      expect(readMessage(lying)).toBeNull();
    }
    expect(readMessage(Buffer.alloc(9_001))).toBeNull();
  });

  test("of any bytes, or with any byte changed, is read or refused", () => {
    let seed = 0x2545f491;
    const random = () => {
      seed ^= seed << 13;
      seed ^= seed >>> 17;
      seed ^= seed << 5;
      return (seed >>> 0) / 2 ** 32;
    };
    const good = writeMessage(whole);
    let read = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const bytes = Buffer.from(good);
      for (let changes = 1 + Math.floor(random() * 4); changes > 0; changes -= 1) {
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      }
      if (readMessage(bytes) !== null) read += 1;
      readMessage(Buffer.from(Array.from({ length: Math.floor(random() * 80) }, () => random() * 256)));
    }
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(20_000);
  });
});

test("a label is cut between characters", () => {
  expect(asLabel("ü".repeat(40))).toBe("ü".repeat(31));
  expect(asLabel("short")).toBe("short");
});
