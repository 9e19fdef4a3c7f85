import { isLogged, type LogLevel, logLevels } from "#src/lib/log-level.ts";
import { plain } from "./layout.ts";
import { type Paint, paintFor, type Terminal } from "./terminal.ts";

export interface LogFilter {
  /** The least that is shown; everything where absent. */
  level: LogLevel | undefined;
  /** Lines as they lie in the file. */
  json: boolean;
}

interface Entry {
  time: string;
  level: LogLevel | undefined;
  subsystem: string;
  message: string;
  fields: Record<string, unknown>;
}

/** A line of the log file for a person; null where the filter leaves it out. */
export function showLogLine(
  line: string,
  filter: LogFilter,
  terminal: Pick<Terminal, "color">,
): string | null {
  const entry = readEntry(line);
  const level = entry?.level;
  if (filter.level !== undefined && level !== undefined && !isLogged(level, filter.level)) return null;
  return filter.json || entry === null ? line : pretty(entry, paintFor(terminal));
}

/** Null for what is not in the log's form: it is shown as it is. */
function readEntry(line: string): Entry | null {
  const raw = toObject(parse(line));
  const meta = toObject(raw?._meta);
  if (raw === null || meta === null) return null;
  const first = toObject(parse(raw["0"]));
  const rest = first === null ? [raw["0"], raw["1"], raw["2"]] : [raw["1"], raw["2"]];
  const words = rest.filter((part): part is string => typeof part === "string");
  const objects = rest.flatMap((part) => toObject(part) ?? []);
  const name = String(meta.logLevelName ?? "").toLowerCase();
  return {
    time: String(raw.time ?? meta.date ?? ""),
    level: logLevels.find((level) => level === name),
    subsystem: String(first?.subsystem ?? ""),
    message: words.join(" "),
    fields: Object.assign({}, ...objects),
  };
}

function pretty({ time, level, subsystem, message, fields }: Entry, paint: Paint): string {
  const color =
    level === "error" || level === "fatal" ? paint.red : level === "warn" ? paint.yellow : paint.dim;
  return [
    paint.dim(clock(time)),
    color((level ?? "").padEnd(5)),
    ...(subsystem === "" ? [] : [paint.cyan(`${subsystem}:`)]),
    plain(message),
    ...Object.entries(fields).map(([key, value]) => paint.dim(plain(`${key}=${show(value)}`))),
  ].join(" ");
}

function clock(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : date.toTimeString().slice(0, 8);
}

function show(value: unknown): string {
  return typeof value === "string" && !/[\s"=]/.test(value) ? value : (JSON.stringify(value) ?? "");
}

function toObject(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
}

function parse(text: unknown): unknown {
  if (typeof text !== "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
