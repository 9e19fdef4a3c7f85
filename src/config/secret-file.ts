import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { messageOf } from "#src/lib/errors.ts";
import type { Environment } from "./environment.ts";
import { ConfigError } from "./error.ts";

/** The secret in a file that a setting names, as systemd and containers hand them out; the line's end is not part of it. */
export function secretInFile(path: string, setting: string, env: Environment): string {
  const place = path.startsWith("~/") && env.HOME ? join(env.HOME, path.slice(2)) : path;
  if (!isAbsolute(place)) {
    throw new ConfigError(`${setting} must be a whole path, such as /run/secrets/token, not "${path}"`);
  }
  let text: string;
  try {
    text = readFileSync(place, "utf8").trim();
  } catch (error) {
    throw new ConfigError(
      `${setting} cannot be read: ${messageOf(error)}; put the secret there, or name another file`,
      undefined,
      { cause: error },
    );
  }
  if (text !== "") return text;
  throw new ConfigError(`${setting} names ${place}, which is empty; put the secret into it`);
}
