import { createHash } from "node:crypto";
import { hostname, networkInterfaces } from "node:os";
import type { Problem } from "#protocol/domains/health.ts";
import { type Environment, isSet } from "#src/config/environment.ts";
import { isLoopback } from "#src/config/network.ts";
import type { Config } from "#src/config/schema.ts";
import type { Announcer } from "#src/discovery/announcer.ts";
import { problemOf } from "#src/health/problem.ts";
import { messageOf } from "#src/lib/errors.ts";
import type { Log } from "#src/lib/log.ts";
import type { Sentence } from "#src/lib/sentence.ts";

export interface BonjourOptions {
  env: Environment;
  mode: Config["discovery"]["mdns"]["mode"];
  /** Where the gateway listens. */
  addresses: readonly string[];
  stateDir: string;
  /** SHA-256 of the certificate; null without TLS. */
  tlsFingerprint: string | null;
  monotonicMs: () => number;
  log: Log;
}

/** The gateway in the local network. Nothing of it is loaded unless something is announced. */
export interface Bonjour {
  /** Begins to announce the port, where others can reach it; adds the name under which it is found to the hosts. */
  announce(port: number, hosts: Set<string>): void;
  /** Says goodbye. Never rejects. */
  withdraw(): Promise<void>;
  /** A network that fails is a problem that is said, and no more. */
  problems(): Problem[];
}

export function createBonjour(options: BonjourOptions): Bonjour {
  const { env, mode, addresses, log } = options;
  const outward = addresses.filter((address) => !isLoopback(address) && !address.includes(":"));
  let opening: Promise<Announcer | null> | null = null;
  let problem: Sentence | null = null;

  function fail(error: unknown): void {
    const why = messageOf(error);
    problem = {
      en: `the gateway is not announced in the local network: ${why}; it is reached by its address`,
      zh: `网关未能在局域网中公布：${why}；仍可通过地址访问`,
    };
    log.warn(problem.en);
  }

  async function open(port: number, hosts: Set<string>): Promise<Announcer | null> {
    try {
      const { openAnnouncer } = await import("#src/discovery/announcer.ts");
      return openAnnouncer({
        service: serviceOf(port, options),
        places: (all) =>
          all.filter(({ address }) => outward.includes("0.0.0.0") || outward.includes(address)),
        interfaces: networkInterfaces,
        monotonicMs: options.monotonicMs,
        settled: (name, host) => {
          problem = null;
          hosts.add(host);
          log.info("announced in the local network", { name, host });
        },
        failed: fail,
      });
    } catch (error) {
      fail(error);
      return null;
    }
  }

  return {
    announce(port, hosts) {
      if (mode === "off" || outward.length === 0 || isSet(env, "DISABLE_BONJOUR")) return;
      opening ??= open(port, hosts);
    },
    async withdraw() {
      await (await opening)?.close();
    },
    problems: () => problemOf("bonjour", problem),
  };
}

/** No path, no version, no port but the gateway's own: everybody in the network reads it. */
function serviceOf(port: number, { mode, stateDir, tlsFingerprint }: BonjourOptions) {
  const machine = hostname().replace(/\.local$/i, "");
  const mark = createHash("sha256").update(`${machine}\0${stateDir}`).digest("hex").slice(0, 8);
  const host = `moltbot-${mark}`;
  const name = `Moltbot on ${machine}`;
  const tls = tlsFingerprint === null ? {} : { gatewayTls: "1" };
  const pin = tlsFingerprint === null || mode !== "full" ? {} : { gatewayTlsSha256: tlsFingerprint };
  const txt = { role: "gateway", displayName: name, gatewayPort: String(port), lanHost: `${host}.local` };
  return { name, host, port, txt: { ...txt, ...tls, ...pin } };
}
