/** What a change of the config does to a gateway that runs, part by part. */
import { type Path, parsePath, showPath } from "./finding.ts";
import type { LoadedConfig } from "./load.ts";
import type { Config } from "./schema.ts";
import { valueAt, withChange } from "./value-change.ts";

/** A top-level key of the config. */
export type Section = keyof Config;

/** Whether a change counts from the next use on, or after a restart, or is nobody's business. */
type Effect = "applies" | "restart" | "ignored";

/** The first prefix that fits counts; what no line names is read at its next use. */
const effects: readonly [prefix: string, effect: Effect][] = [
  ["meta", "ignored"],
  ["$schema", "ignored"],
  ["gateway.reload", "applies"],
  // Only clients on this machine read it.
  ["gateway.remote", "applies"],
  ["gateway.auth.rateLimit", "restart"],
  // A new secret counts at once; whoever came in by the old one has to bring it.
  ["gateway.auth", "applies"],
  // Responses take larger bodies than the sockets were opened for, so they wait with the rest.
  ["gateway.http.endpoints.chatCompletions", "applies"],
  ["gateway", "restart"],
  ["discovery", "restart"],
  ["session.scope", "restart"],
  ["logging.file", "restart"],
  ["logging.consoleStyle", "restart"],
];

/** Parts of which single keys differ in their effect: whatever a longer prefix goes into. */
const divided = new Set(
  effects.flatMap(([prefix]) => {
    const names = prefix.split(".").slice(0, -1);
    return names.map((_, index) => names.slice(0, index + 1).join("."));
  }),
);

/** What a new config amounts to beside the one in force. */
export interface Combined {
  /** The new one in everything that applies; in the rest, what the gateway runs with. */
  inForce: LoadedConfig;
  /** Sections whose change applies. */
  applied: Section[];
  /** Settings that wait for a restart. */
  needsRestart: string[];
  /** Parts that are wrong, and so stay what they were. */
  rejected: string[];
}

/** `frozen` lets everything wait for a restart that is allowed to. */
export function combine(running: LoadedConfig, next: LoadedConfig, frozen: boolean): Combined {
  let wanted: unknown = next.config;
  for (const part of next.off) {
    const path = parsePath(part) ?? [part];
    wanted = withChange(wanted, { path, value: valueAt(running.config, path) });
  }
  const applied = new Set<Section>();
  const needsRestart: string[] = [];
  for (const path of unitsOf(running.config, wanted)) {
    const before = valueAt(running.config, path);
    if (Bun.deepEquals(before, valueAt(wanted, path), true)) continue;
    const effect = effectOf(path);
    const waits = effect === "restart" || (frozen && effect === "applies" && path[1] !== "reload");
    if (waits) {
      needsRestart.push(showPath(path));
      wanted = withChange(wanted, { path, value: before });
    } else if (effect === "applies") applied.add(path[0] as Section);
  }
  const keepsEnv = next.off.includes("env") || needsRestart.includes("env");
  return {
    inForce: { ...next, config: wanted as Config, env: keepsEnv ? running.env : next.env },
    applied: [...applied],
    needsRestart,
    rejected: next.off,
  };
}

function unitsOf(one: unknown, other: unknown, above: readonly string[] = []): Path[] {
  return keysOf(valueAt(one, above), valueAt(other, above)).flatMap((key): Path[] => {
    const path = [...above, key];
    return divided.has(path.join(".")) ? unitsOf(one, other, path) : [path];
  });
}

function keysOf(one: unknown, other: unknown): string[] {
  return [...new Set([...Object.keys(Object(one)), ...Object.keys(Object(other))])];
}

function effectOf(path: Path): Effect {
  const name = path.join(".");
  return effects.find(([prefix]) => name === prefix || name.startsWith(`${prefix}.`))?.[1] ?? "applies";
}
