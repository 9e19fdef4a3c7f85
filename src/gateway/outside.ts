import type { Environment } from "#src/config/environment.ts";
import type { ResolvedGateway } from "#src/config/gateway.ts";
import type { LoadedConfig } from "#src/config/load.ts";
import type { Locations } from "#src/config/paths.ts";
import type { RootLog } from "#src/lib/log.ts";
import { createBonjour } from "./bonjour.ts";
import { createTailnet, type Tailnet } from "./tailnet.ts";

export interface OutsideOptions {
  env: Environment;
  loaded: LoadedConfig;
  resolved: ResolvedGateway;
  paths: Locations;
  /** SHA-256 of the certificate; null without TLS. */
  tlsFingerprint: string | null;
  monotonicMs: () => number;
  log: RootLog;
}

/** How others find the gateway: in the tailnet and in the local network. None of it can keep it from serving. */
export interface Outside extends Pick<Tailnet, "tailscale" | "problems" | "withdraw"> {
  /** Where the gateway is published in its tailnet; null where it is not. */
  tailnetUrl: Tailnet["url"];
  /** Begins; the names under which the gateway is found are added to the hosts. */
  publish(port: number, hosts: Set<string>): void;
}

export function createOutside(options: OutsideOptions): Outside {
  const { env, resolved, tlsFingerprint, monotonicMs, log } = options;
  const { config } = options.loaded;
  const tailnet = createTailnet({
    env,
    settings: config.gateway.tailscale,
    isTls: tlsFingerprint !== null,
    monotonicMs,
    log: log.child("tailnet"),
  });
  const bonjour = createBonjour({
    env,
    mode: config.discovery.mdns.mode,
    addresses: resolved.addresses,
    stateDir: options.paths.stateDir,
    tlsFingerprint,
    monotonicMs,
    log: log.child("bonjour"),
  });
  return {
    tailscale: tailnet.tailscale,
    tailnetUrl: tailnet.url,
    publish(port, hosts) {
      tailnet.publish(port, hosts);
      bonjour.announce(port, hosts);
    },
    async withdraw() {
      await Promise.all([tailnet.withdraw(), bonjour.withdraw()]);
    },
    problems: () => [...tailnet.problems(), ...bonjour.problems()],
  };
}
