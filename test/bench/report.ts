import type { Goal, RowSpec } from "./figure.ts";

/** The values of one row over all rounds; empty where the server has no such thing. */
export interface Measured {
  figure: string;
  row: string;
  spec: RowSpec;
  ours: number[];
  bare: number[];
}

export interface Spread {
  median: number;
  min: number;
  max: number;
}

export interface ReportRow {
  figure: string;
  row: string;
  says: string;
  unit: string;
  ours: Spread;
  bare: Spread | null;
  /** The median of the rounds' ratios, since the two of a round saw the same machine. */
  ratio: number | null;
  /** Likewise, of what ours is above the bare server's. */
  difference: number | null;
  goal: Goal | null;
  reached: boolean | null;
  steady: boolean;
}

export function reportRow({ figure, row, spec, ours, bare }: Measured): ReportRow {
  const pairs = ours.slice(0, bare.length).map((value, index) => [value, bare[index] as number] as const);
  const isPaired = pairs.length > 0;
  const ratio = isPaired ? spreadOf(pairs.map(([value, floor]) => value / floor)).median : null;
  const difference = isPaired ? spreadOf(pairs.map(([value, floor]) => value - floor)).median : null;
  const spread = spreadOf(ours);
  const goal = spec.goal ?? null;
  const judged = goal === null ? null : { ours: spread.median, ratio, difference }[goal.of];
  return {
    figure,
    row,
    says: spec.says,
    unit: spec.unit,
    ours: spread,
    bare: bare.length === 0 ? null : spreadOf(bare),
    ratio,
    difference,
    goal,
    reached: goal === null || judged === null ? null : judged <= goal.atMost,
    steady: spec.steady,
  };
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)];
  const high = sorted[Math.ceil(middle)];
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || min === undefined || max === undefined) {
    throw new Error("nothing was measured");
  }
  return { median: (low + high) / 2, min, max };
}

/** The rows as a markdown table: median [lowest–highest] of the rounds. */
export function markdownTable(rows: readonly ReportRow[]): string {
  const lines = rows.map((row) => {
    const { unit, goal, reached, ratio, difference } = row;
    const isApart = goal?.of === "difference" && difference !== null;
    const cells = [
      row.says,
      cell(row.ours, unit),
      row.bare === null ? "–" : cell(row.bare, unit),
      isApart ? `+${shown(difference)}${spaced(unit)}` : ratio === null ? "–" : `${shown(ratio)}×`,
      goal === null ? "–" : asked(goal, unit),
      reached === null ? "–" : reached ? "yes" : "**no**",
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "| figure | ours | bare Bun | ratio | goal | reached |",
    "|---|---:|---:|---:|---:|---|",
    ...lines,
  ].join("\n");
}

function asked({ of, atMost }: Goal, unit: string): string {
  if (of === "ratio") return `≤ ${atMost}× bare`;
  return of === "difference" ? `≤ bare + ${atMost}${spaced(unit)}` : `≤ ${atMost}${spaced(unit)}`;
}

function cell({ median, min, max }: Spread, unit: string): string {
  return `${shown(median)}${spaced(unit)} [${shown(min)}–${shown(max)}]`;
}

function spaced(unit: string): string {
  return unit === "×" ? unit : ` ${unit}`;
}

/** Three digits that mean something, and no more. */
function shown(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

const begin = "<!-- bench -->";
const end = "<!-- /bench -->";

/** Puts the table between its markers; throws where they are missing. */
export function placeBetweenMarkers(text: string, table: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from === -1 || to === -1)
    throw new Error(`README.md has no place for the table; put ${begin} and ${end} into it`);
  return `${text.slice(0, from + begin.length)}\n${table}\n${text.slice(to)}`;
}
