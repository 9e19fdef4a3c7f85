import { encode } from "uqr";

/**
 * A QR code in half blocks, two rows of it a line. Black on white where the terminal takes colour, since phones do
 * not read the reverse; else light blocks, as on a dark screen.
 */
export function qrLines(payload: string, color: boolean): string[] {
  const { size, data } = encode(payload, { ecc: "L", border: 2 });
  const isDark = (row: number, column: number) => data[row]?.[column] === true;
  const lines: string[] = [];
  for (let row = 0; row < size; row += 2) {
    let line = "";
    for (let column = 0; column < size; column++) {
      const upper = isDark(row, column) === color && row < size;
      const lower = row + 1 < size ? isDark(row + 1, column) === color : false;
      line += upper ? (lower ? "█" : "▀") : lower ? "▄" : " ";
    }
    lines.push(color ? `\u001b[30;107m${line}\u001b[0m` : line);
  }
  return lines;
}
