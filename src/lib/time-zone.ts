/** Where a calendar day begins: an IANA name, a fixed distance from UTC, or null for this machine's own zone. */
export type Zone = string | { offsetMinutes: number } | null;

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const formats = new Map<string, Intl.DateTimeFormat>();

/** How far local clocks are ahead of UTC at a moment, in milliseconds. */
export function offsetAt(at: number, zone: Zone): number {
  if (zone === null) return -new Date(at).getTimezoneOffset() * minuteMs;
  if (typeof zone === "object") return zone.offsetMinutes * minuteMs;
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(at)) parts[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  return local - Math.floor(at / 1000) * 1000;
}

/** The calendar day of a moment, as `2026-11-21`. */
export function dayAt(at: number, zone: Zone): string {
  return new Date(at + offsetAt(at, zone)).toISOString().slice(0, 10);
}

/** The latest moment, not after `at`, at which local clocks showed this full hour. */
export function lastHour(at: number, hour: number, zone: Zone): number {
  const local = at + offsetAt(at, zone);
  const today = Math.floor(local / dayMs) * dayMs + hour * 60 * minuteMs;
  const found = momentOf(today, zone);
  return found <= at ? found : momentOf(today - dayMs, zone);
}

/** The moment at which a calendar day begins; `day` as `2026-11-21`. */
export function startOfDay(day: string, zone: Zone): number {
  return momentOf(Date.parse(`${day}T00:00:00Z`), zone);
}

/** The day that lies `days` after another. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

let own: { name: string; askedAt: number } | undefined;

/** The name of this machine's own zone at a moment; who travels is where they are within a minute. */
export function ownZone(at: number): string {
  if (own === undefined || Math.abs(at - own.askedAt) >= minuteMs)
    own = { name: Intl.DateTimeFormat().resolvedOptions().timeZone, askedAt: at };
  return own.name;
}

/** Whether the name is a time zone that this runtime knows. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** The moment behind a local clock's reading. Where clocks are set, the offset of the day decides. */
function momentOf(local: number, zone: Zone): number {
  const guess = local - offsetAt(local, zone);
  return local - offsetAt(guess, zone);
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(zone, made);
  return made;
}
