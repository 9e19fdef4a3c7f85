/** Who would be in the way of a gateway that is started as a service. */
import { isHeld, readHolder } from "#src/store/lock.ts";
import { portHolder } from "#src/store/port-holder.ts";
import { CliError, exits } from "./exit.ts";
import type { ServiceAccess } from "./service-access.ts";
import { locationsFor } from "./surroundings.ts";
import { paintFor, type Terminal } from "./terminal.ts";

/** Refuses beside a gateway that somebody started by hand on the same state; warns of a program on its port. */
export async function checkRivals(
  { services, service, say, profile }: ServiceAccess,
  isSystem: boolean,
  terminal: Terminal,
): Promise<void> {
  const { running } = await services.state(service);
  if (running) return;
  const { stateDir, configPath } = locationsFor(terminal.env, profile);
  // A service of the whole system has a state of its own, but the same port.
  const holder = isSystem ? null : readHolder(stateDir);
  if (holder !== null && isHeld(stateDir)) {
    throw new CliError(exits.alreadyRunning, say.byHand(holder.pid), say.stopByHand(holder.pid));
  }
  const port = await portIn(configPath, terminal);
  const other = port === null ? null : portHolder(port);
  if (port === null || other === null) return;
  const note = say.portTaken(port, `${other.name} (pid ${other.pid})`);
  terminal.complain(`${paintFor(terminal).yellow("!")} ${note}`);
}

/** Null where the config is no good: the service will say so itself. */
async function portIn(configPath: string, { env }: Terminal): Promise<number | null> {
  const { loadConfig } = await import("#src/config/load.ts");
  const { ConfigError } = await import("#src/config/error.ts");
  try {
    return loadConfig({ path: configPath, env }).config.gateway.port;
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}
