import { homedir, hostname } from "node:os";
import { dirname } from "node:path";
import type { ResolvedGateway } from "#src/config/gateway.ts";
import type { GatewayOptions } from "./house.ts";
import type { Tls } from "./tls.ts";

type ServingOptions = Pick<GatewayOptions, "resolved" | "paths" | "env" | "log">;

/** Certificates and their keys are loaded only where they are served. */
export async function serveTls(
  files: NonNullable<ResolvedGateway["tls"]>,
  { resolved, paths, env, log }: ServingOptions,
  now: () => number,
): Promise<Tls> {
  const { openTls } = await import("./tls.ts");
  return openTls({
    files,
    stateDir: paths.stateDir,
    configDir: dirname(paths.configPath),
    home: env.HOME || homedir(),
    names: [...resolved.hosts, hostname().toLowerCase()],
    now,
    warn: (message) => log.warn(message),
  });
}
