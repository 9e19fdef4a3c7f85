import { expect, test } from "bun:test";
import { encode } from "uqr";
import { widest } from "./layout.ts";
import { qrLines } from "./qr.ts";

const link = `https://192.168.1.5:18789/#pair=${"x".repeat(43)}&tls=${"a".repeat(64)}`;

/** The modules that a drawing shows, two to a line. */
function modulesOf(lines: readonly string[], ink: boolean): boolean[][] {
  return lines.flatMap((line) => {
    const cells = [...Bun.stripANSI(line)];
    return [
      cells.map((cell) => (cell === "█" || cell === "▀") === ink),
      cells.map((cell) => (cell === "█" || cell === "▄") === ink),
    ];
  });
}

test("the drawing has every module of the code, on any background", () => {
  const { data, size } = encode(link, { ecc: "L", border: 2 });
  for (const color of [true, false]) {
    const lines = qrLines(link, color);
    for (const line of lines) expect(Bun.stringWidth(line)).toBe(size);
    expect(modulesOf(lines, color).slice(0, size)).toEqual(data);
  }
});

test("a link with a fingerprint fits an ordinary terminal", () => {
  expect(widest(qrLines(link, true))).toBeLessThanOrEqual(80);
});
