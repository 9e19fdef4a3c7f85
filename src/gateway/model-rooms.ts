import type { Database } from "bun:sqlite";
import { createAsking } from "#src/agents/asking.ts";
import { isPaid, type ModelCatalog } from "#src/agents/catalog.ts";
import { createDiscovery, type Place } from "#src/agents/discovery.ts";
import { createAdding } from "#src/agents/model-adding.ts";
import type { ModelVerdict } from "#src/agents/model-test.ts";
import type { RunEnd } from "#src/agents/runner.ts";
import { type Environment, isSet } from "#src/config/environment.ts";
import { parsePath, showFinding } from "#src/config/finding.ts";
import { systemKeychain } from "#src/config/keychain.ts";
import type { LiveConfig } from "#src/config/live.ts";
import { hashOf, readText } from "#src/config/load.ts";
import { createSecrets } from "#src/config/secrets.ts";
import { valueAt } from "#src/config/value-change.ts";
import type { TurnRow } from "#src/inbox/turns.ts";
import type { RootLog } from "#src/lib/log.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import { isTimeZone, type Zone } from "#src/lib/time-zone.ts";
import { isStale, resetPolicy } from "#src/sessions/reset.ts";
import type { SessionFacts } from "#src/sessions/store.ts";
import type { Transactor } from "#src/store/transactor.ts";
import { createBudget } from "#src/usage/budget.ts";
import { createUsageLedger } from "#src/usage/ledger.ts";

export interface ModelRoomsOptions {
  db: Database;
  transactor: Transactor;
  live: LiveConfig;
  catalog: () => ModelCatalog;
  stateDir: string;
  /** The process's own environment. */
  env: Environment;
  /** The port on which the gateway itself listens. */
  ownPort: () => number;
  /** Where model servers are looked for; the usual ports where absent. */
  places: readonly Place[] | undefined;
  log: RootLog;
  now: () => number;
  changed: () => void;
}

/** What models are asked with, and what that costs. */
export type ModelRooms = ReturnType<typeof openModelRooms>;

export function openModelRooms(options: ModelRoomsOptions) {
  const { db, transactor, live, catalog, stateDir, env, log, now } = options;
  const config = () => live.current().config;
  const ledger = createUsageLedger(db);

  function zone(): Zone {
    const name = config().agents.defaults.userTimezone;
    return name !== undefined && isTimeZone(name) ? name : null;
  }

  const budget = createBudget({
    ledger,
    capUsd: () => config().agents.defaults.dailyCapUsd ?? null,
    zone,
    now,
  });
  const secrets = createSecrets({
    stateDir,
    keychain: isSet(env, "NO_KEYCHAIN") ? null : systemKeychain(stateDir),
    known: (secret) => log.secrets.add(secret),
  });
  const ask = createAsking({ readSecret: secrets.read });
  const discovery = createDiscovery({
    enabled: !isSet(env, "NO_DISCOVERY"),
    ownPort: options.ownPort,
    now,
    ...(options.places === undefined ? {} : { places: options.places }),
  });

  async function tested({ usage }: ModelVerdict): Promise<void> {
    if (usage === null) return;
    const entry = { runId: `test-${now()}`, sessionKey: "models.test", at: now() };
    await transactor.transact(() => ledger.record({ ...entry, ...usage, tokens: usage }));
    options.changed();
  }

  /** Says what is wrong in the parts that it touches and so keeps them off. */
  async function patchConfig(patch: Record<string, unknown>): Promise<Sentence[]> {
    const text = readText(live.path());
    const base = text === null ? {} : { baseHash: hashOf(text) };
    const { loaded } = await live.write({ method: "config.patch", raw: JSON.stringify(patch), ...base });
    return loaded.findings
      .filter(({ switchesOff: part }) => part !== null && valueAt(patch, parsePath(part) ?? []) !== undefined)
      .map(showFinding);
  }

  const adding = createAdding({ config, env: () => live.current().env, ask, secrets, tested, patchConfig });

  /** Keeps what a run used, and returns what each of its answers cost; called inside a transaction. */
  function spent({ runId, key: sessionKey }: TurnRow, end: RunEnd): (number | null)[] {
    const common = { runId, sessionKey, at: end.endedAt };
    const costs = end.spent.map((each) => ledger.record({ ...common, ...each, tokens: each }));
    if (end.runtime !== "model" || end.usage !== undefined) return costs;
    if (end.text === "" && end.calls.length === 0) return costs;
    // Stopped or cut off before the server counted: it was paid for, and nobody knows how much.
    const answering = catalog().resolve(`${end.provider}/${end.model}`);
    if (answering !== null && !isPaid(answering)) return [...costs, 0];
    const { provider, model } = end;
    return [...costs, ledger.record({ ...common, provider, model, tokens: null, price: null })];
  }

  return {
    ledger,
    budget,
    zone,
    secrets,
    ask,
    discovery,
    tested,
    adding,
    patchConfig,
    spent,
    /** Whether a message starts its conversation afresh. */
    isStale(
      { channel, acceptedAt, options: { toolResults } }: TurnRow,
      { key, updatedAt }: SessionFacts,
    ): boolean {
      // Results belong to the calls that they answer, however late they come.
      if (toolResults !== undefined) return false;
      const policy = resetPolicy(config().session, key, channel);
      return policy !== null && isStale(policy, updatedAt, acceptedAt, zone());
    },
    spend() {
      const { day, usd, capUsd, unpriced } = budget.today();
      return { day, usd, capUsd, unpriced };
    },
  };
}
