import { expect, test } from "bun:test";
import { type Measured, markdownTable, placeBetweenMarkers, reportRow, spreadOf } from "./report.ts";

function measured(more: Partial<Measured> & { goal?: Measured["spec"]["goal"] }): Measured {
  const { goal, ...rest } = more;
  const spec = { says: "`health`", unit: "µs", steady: true, ...(goal === undefined ? {} : { goal }) };
  return { figure: "health", row: "cpu", spec, ours: [], bare: [], ...rest };
}

test("the median of an even number of rounds lies between the two in the middle", () => {
  expect(spreadOf([9, 1, 2, 4])).toEqual({ median: 3, min: 1, max: 9 });
});

test("a goal for ours is judged by the median, so that one bad round does not miss it", () => {
  const goal = { of: "ours", atMost: 14 } as const;
  expect(reportRow(measured({ ours: [13, 14, 40], goal })).reached).toBe(true);
  expect(reportRow(measured({ ours: [13, 14.1, 40], goal })).reached).toBe(false);
});

test("a goal for the ratio compares the two of each round, since a later round may find a busier machine", () => {
  const row = reportRow(
    measured({ ours: [2, 20, 22], bare: [2, 10, 20], goal: { of: "ratio", atMost: 1.15 } }),
  );
  expect(row).toMatchObject({ ratio: 1.1, reached: true });
});

test("a goal for the difference is judged by what ours is above the bare one's of the same round", () => {
  const row = reportRow(
    measured({ ours: [10, 30, 9], bare: [8, 27, 6.5], goal: { of: "difference", atMost: 2.4 } }),
  );
  expect(row).toMatchObject({ difference: 2.5, reached: false });
  expect(markdownTable([row]).split("\n").at(-1)).toEndWith("| +2.50 µs | ≤ bare + 2.4 µs | **no** |");
});

test("the table says what was measured, against what, and whether it is enough", () => {
  const rows = [
    reportRow(measured({ ours: [4, 5, 6.04], bare: [2, 2.5, 3], goal: { of: "ours", atMost: 4 } })),
    reportRow(measured({ ours: [117.3] })),
  ];
  expect(markdownTable(rows).split("\n").slice(2)).toEqual([
    "| `health` | 5.00 µs [4.00–6.04] | 2.50 µs [2.00–3.00] | 2.00× | ≤ 4 µs | **no** |",
    "| `health` | 117 µs [117–117] | – | – | – | – |",
  ]);
});

test("the table replaces what stood between the markers, and nothing else", () => {
  const text = "# Figures\n<!-- bench -->\nold\n<!-- /bench -->\nmore\n";
  expect(placeBetweenMarkers(text, "new")).toBe("# Figures\n<!-- bench -->\nnew\n<!-- /bench -->\nmore\n");
  expect(() => placeBetweenMarkers("# Figures\n", "new")).toThrow("<!-- bench -->");
});
