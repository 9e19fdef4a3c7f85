/** What a person reads where this computer's own gateway does not answer: why, and the command that helps. */
import { existsSync } from "node:fs";
import { CliError, exits } from "./exit.ts";
import type { Terminal } from "./terminal.ts";
import { texts } from "./texts.ts";

/** A config with which no gateway starts stands before everything; then a service that is there but does not run. */
export async function notRunning(
  shown: string,
  profile: string | undefined,
  terminal: Terminal,
  cause: unknown,
): Promise<CliError> {
  const say = texts[terminal.language];
  const wrong = await configProblem(profile, terminal);
  const hint = wrong === null ? say.startIt(await starter(profile, terminal)) : say.configFirst(wrong);
  return new CliError(exits.notRunning, say.notRunning(shown), hint, { cause });
}

/** Why no gateway starts with the config; null where one would. */
async function configProblem(profile: string | undefined, { env }: Terminal): Promise<string | null> {
  const [{ loadConfig }, { resolveGateway }, { ConfigError }, { locationsFor }] = await Promise.all([
    import("#src/config/load.ts"),
    import("#src/config/gateway.ts"),
    import("#src/config/error.ts"),
    import("./surroundings.ts"),
  ]);
  try {
    const loaded = loadConfig({ path: locationsFor(env, profile).configPath, env });
    if (loaded.config.gateway.mode === "local") resolveGateway(loaded.config, loaded.env, {});
    return null;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

/** The command that starts the gateway: by its supervisor, where that knows it. */
async function starter(profile: string | undefined, terminal: Terminal): Promise<string> {
  const [{ openService }, { ServiceError }] = await Promise.all([
    import("./service-access.ts"),
    import("#src/daemon/services.ts"),
  ]);
  try {
    for (const system of process.platform === "linux" ? [false, true] : [false]) {
      const { homebrew, services, service, command } = openService({ profile, system }, terminal);
      if (homebrew !== null) return "brew services start moltbot";
      if (existsSync(services.path(service))) return command("start");
    }
  } catch (error) {
    // There are no services on this platform.
    if (!(error instanceof ServiceError)) throw error;
  }
  return profile === undefined ? "moltbot gateway" : `moltbot gateway --profile ${profile}`;
}
