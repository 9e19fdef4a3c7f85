import type { Problem } from "#protocol/domains/health.ts";
import type { Environment } from "#src/config/environment.ts";
import type { Config } from "#src/config/schema.ts";
import { problemOf } from "#src/health/problem.ts";
import { messageOf } from "#src/lib/errors.ts";
import type { Log } from "#src/lib/log.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import { within } from "#src/lib/within.ts";
import type { Publishing, Tailscale } from "./tailscale.ts";

export interface TailnetOptions {
  env: Environment;
  settings: Config["gateway"]["tailscale"];
  isTls: boolean;
  monotonicMs: () => number;
  log: Log;
}

/** The gateway in its tailnet. Tailscale's program is looked for when it is first needed. */
export interface Tailnet {
  tailscale(): Promise<Tailscale>;
  /** Begins to publish the port, where the config wants that; adds the name under which it is found to the hosts. */
  publish(port: number, hosts: Set<string>): void;
  /** Takes back what was published, where the config wants that. Never rejects. */
  withdraw(): Promise<void>;
  /** A Tailscale that fails is a problem that is said, and no more. */
  problems(): Problem[];
  /** Where the gateway is published; null where it is not. */
  url(): string | null;
}

/** How long the end of the gateway waits for Tailscale. */
const farewellMs = 2_000;

export function createTailnet({ env, settings, isTls, monotonicMs, log }: TailnetOptions): Tailnet {
  let opened: Promise<Tailscale> | null = null;
  let publishing: Promise<Publishing | null> | null = null;
  let problem: Sentence | null = null;
  let url: string | null = null;
  const ending = new AbortController();

  function tailscale(): Promise<Tailscale> {
    opened ??= import("./tailscale.ts").then(({ createTailscale }) =>
      createTailscale(env, monotonicMs, ending.signal),
    );
    return opened;
  }

  async function begin(port: number, how: Publishing, hosts: Set<string>): Promise<Publishing | null> {
    try {
      const name = await (await tailscale()).publish(port, how);
      hosts.add(name);
      url = `https://${name}/`;
      log.info("published in the tailnet", { url, mode: how.mode });
      return how;
    } catch (error) {
      const why = messageOf(error);
      problem = {
        en: `the gateway is not published in the tailnet: ${why}; try: tailscale ${how.mode} ${port}`,
        zh: `网关未能发布到 tailnet：${why}；可以试试：tailscale ${how.mode} ${port}`,
      };
      log.warn(problem.en);
      return null;
    }
  }

  async function takeBack(): Promise<void> {
    const how = (await publishing) ?? null;
    if (how === null || !settings.resetOnExit) return;
    try {
      await (await tailscale()).withdraw(how);
    } catch (error) {
      log.warn(
        `the tailnet still leads here: ${messageOf(error)}; take it back: tailscale ${how.mode} reset`,
      );
    }
  }

  return {
    tailscale,
    publish(port, hosts) {
      const { mode } = settings;
      if (mode !== "off") publishing ??= begin(port, { mode, tls: isTls }, hosts);
    },
    async withdraw() {
      await within(farewellMs, takeBack());
      ending.abort();
    },
    url: () => url,
    problems: () => problemOf("tailnet", problem),
  };
}
