/** What `doctor` and `bugreport` look at: this machine, and the gateway where one answers. */

import type { HealthSummary } from "#protocol/domains/health.ts";
import type { Checked, Say } from "#src/doctor/finding.ts";
import { messageOf } from "#src/lib/errors.ts";
import { readHolder } from "#src/store/lock.ts";
import { withClient } from "./ask.ts";
import { checkGateways, ownName } from "./gateways-file.ts";
import { locationsFor } from "./surroundings.ts";
import { surveyService } from "./survey-service.ts";
import type { Terminal } from "./terminal.ts";
import { build } from "./version.ts";

export interface Survey {
  checked: Checked[];
  health: HealthSummary | null;
}

export async function survey(profile: string | undefined, terminal: Terminal): Promise<Survey> {
  const { examine } = await import("#src/doctor/checks.ts");
  const { env, language } = terminal;
  const say: Say = (en, zh) => ({ en, zh })[language];
  const locations = locationsFor(env, profile);
  const { version, builtAt } = build();
  let health: HealthSummary | null = null;
  let running: string | null = null;
  let unreachable: string | null = null;
  const holder = readHolder(locations.stateDir);
  if (holder !== null && isAlive(holder.pid)) {
    const flags = { gateway: ownName, ...(profile === undefined ? {} : { profile }) };
    try {
      [running, health] = await withClient(flags, terminal, ["operator.read"], async (client) => [
        client.hello.server.version,
        await client.call("health", { probe: true }),
      ]);
    } catch (error) {
      const why = messageOf(error);
      unreachable = say(
        `a gateway seems to run (pid ${holder.pid}), but does not answer: ${why}`,
        `网关似乎在运行（pid ${holder.pid}），但没有响应：${why}`,
      );
    }
  }
  const problemsIn = ({ problems }: HealthSummary) =>
    problems.map(({ id, message, zh }) => ({ id, message: say(message, zh ?? message) }));
  const gateway =
    running === null || health === null
      ? null
      : { version: running, problems: problemsIn(health), tlsFingerprint: holder?.tlsFingerprint ?? null };
  const checked = await examine({
    ...{ locations, env, version, builtAt, gateway, unreachable, say },
    gatewaysFile: checkGateways(locations.stateDir, language),
    service: await surveyService(profile, terminal),
    now: Date.now,
  });
  return { checked, health };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
