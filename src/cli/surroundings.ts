import { homedir } from "node:os";
import type { Environment } from "#src/config/environment.ts";
import { readLocalKey } from "#src/config/local-key.ts";
import { type Locations, locate } from "#src/config/paths.ts";
import type { Config } from "#src/config/schema.ts";
import { secretNameOf } from "#src/config/secret-reference.ts";
import { readHolder } from "#src/store/lock.ts";
import { gatewayInUse, gatewayNamed, ownName, readGateways } from "./gateways-file.ts";
import { type ConfiguredGateway, type Secret, type Surroundings, secretOf } from "./target.ts";
import { paintFor, type Terminal } from "./terminal.ts";
import { texts } from "./texts.ts";

/** Who has been warned already. */
const warned = new WeakSet<Terminal>();

/** Where state and config lie for this user and profile. */
export function locationsFor(env: Environment, profile: string | undefined): Locations {
  return locate({ env, home: env.HOME || homedir(), platform: process.platform, profile });
}

/** What can be learnt on this machine about the gateway to ask. */
export function surroundings(terminal: Terminal, profile: string | undefined): Surroundings {
  const { env, language } = terminal;
  const locations = locationsFor(env, profile);
  const warn = (message: string, hint: string) => {
    if (warned.has(terminal)) return;
    warned.add(terminal);
    terminal.complain(`${paintFor(terminal).yellow(`${texts[language].warning}:`)} ${message}\n  ${hint}`);
  };
  return {
    env,
    holder: () => readHolder(locations.stateDir),
    localKey: () => readLocalKey(locations.stateDir),
    named(name) {
      if (name === ownName) return null;
      if (name === undefined) return gatewayInUse(locations.stateDir, language, warn);
      return gatewayNamed(name, readGateways(locations.stateDir, language), language);
    },
    async config() {
      if (!(await Bun.file(locations.configPath).exists())) return null;
      const { loadConfig } = await import("#src/config/load.ts");
      try {
        return toConfigured(loadConfig({ path: locations.configPath, env }).config);
      } catch {
        // A gateway that runs may have been started before the file broke; `config validate` says what is wrong.
        return null;
      }
    },
  };
}

/** Where an SSH tunnel goes unless it is said: what the config has under `gateway.remote`; null where nothing. */
export async function remoteRoute(
  env: Environment,
  profile: string | undefined,
): Promise<{ target: string; identity: string | undefined } | null> {
  const { loadConfig } = await import("#src/config/load.ts");
  const { configPath } = locationsFor(env, profile);
  const { sshTarget, sshIdentity } = loadConfig({ path: configPath, env }).config.gateway.remote ?? {};
  return sshTarget === undefined ? null : { target: sshTarget, identity: sshIdentity };
}

function toConfigured({ gateway }: Config): ConfiguredGateway {
  const { port, auth, mode, remote, tls } = gateway;
  const secret = auth.mode === "none" ? undefined : secretOf(plain(auth.token), plain(auth.password));
  const elsewhere = mode === "remote" ? remote : undefined;
  return {
    port,
    ...(tls?.enabled ? { tls: true } : {}),
    ...(secret === undefined ? {} : { secret }),
    ...(elsewhere?.url === undefined
      ? {}
      : { remote: { url: elsewhere.url, ...secretPart(elsewhere), ...pinPart(elsewhere) } }),
  };
}

/** Only the gateway looks up what is kept elsewhere. */
function plain(secret: string | undefined): string | undefined {
  return secret === undefined || secretNameOf(secret) !== null ? undefined : secret;
}

function pinPart({ tlsFingerprint }: { tlsFingerprint?: string | undefined }): { tlsFingerprint?: string } {
  return tlsFingerprint === undefined ? {} : { tlsFingerprint };
}

function secretPart({ token, password }: { token?: string | undefined; password?: string | undefined }): {
  secret?: Secret;
} {
  const secret = secretOf(token, password);
  return secret === undefined ? {} : { secret };
}
