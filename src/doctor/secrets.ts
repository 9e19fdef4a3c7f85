import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "#src/config/environment.ts";
import { loadConfig } from "#src/config/load.ts";
import type { Locations } from "#src/config/paths.ts";
import { secretsOf } from "#src/config/redact.ts";
import { isSecretKey } from "#src/lib/redact.ts";

const mostBytes = 65_536;
/** `botToken: "…"`, wherever it stands: in a comment too, and in a file that is not JSON5. */
const assigned =
  /["']?([A-Za-z_$][\w$-]*)["']?\s*[:=]\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s,"'{}[\]]+))/g;

/** Every secret that can be found on this machine: in the config, the environment and the state directory. */
export function knownSecrets({ configPath, stateDir }: Locations, env: Environment): Set<string> {
  const found = new Set<string>();
  try {
    const loaded = loadConfig({ path: configPath, env });
    for (const secret of secretsOf(loaded.config)) found.add(secret);
    for (const secret of secretsOf(loaded.parsed)) found.add(secret);
  } catch {
    // A config that cannot be understood is left out of the report as a whole; what it assigns is found below.
  }
  if (existsSync(configPath)) {
    for (const [, key = "", ...values] of readFileSync(configPath, "utf8").matchAll(assigned)) {
      const value = values.find((each) => each !== undefined);
      if (isSecretKey(key) && value !== undefined) found.add(value);
    }
  }
  for (const [name, value] of Object.entries(env)) {
    // Shells keep the working directory under a name that sounds like a password.
    const isPlace = name === "PWD" || name === "OLDPWD";
    if (value !== undefined && value !== "" && !isPlace && isSecretKey(name)) found.add(value);
  }
  const secrets = join(stateDir, "secrets");
  const files = existsSync(secrets) ? readdirSync(secrets).map((name) => join(secrets, name)) : [];
  const keys = ["local.key", "token.key", "tls.key"].map((name) => join(stateDir, name));
  for (const path of [...keys, ...files]) {
    if (!existsSync(path) || statSync(path).size > mostBytes) continue;
    for (const line of readFileSync(path, "utf8").split("\n")) if (line.trim() !== "") found.add(line.trim());
  }
  for (const name of ["gateways.json", "identity/device.json", "identity/gateways.json"]) {
    for (const secret of secretsInJson(join(stateDir, name))) found.add(secret);
  }
  return found;
}

/** What stands under a secret's name at any depth, line by line; of a file that is no JSON, every text in quotes. */
function secretsInJson(path: string): string[] {
  if (!existsSync(path) || statSync(path).size > mostBytes) return [];
  const text = readFileSync(path, "utf8");
  const found: string[] = [];
  const lines = (value: string) => value.split(/\n|\\n/).filter((line) => line.trim() !== "");
  try {
    JSON.parse(text, (key, value) => {
      if (typeof value === "string" && (isSecretKey(key) || /pem$/i.test(key))) found.push(...lines(value));
      return value;
    });
  } catch {
    for (const [, value = ""] of text.matchAll(/"((?:[^"\\]|\\.){8,})"/g)) found.push(...lines(value));
  }
  return found.filter((line) => !line.startsWith("-----"));
}
