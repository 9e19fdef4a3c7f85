import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { messageOf } from "#src/lib/errors.ts";
import type { Environment } from "./environment.ts";
import { ConfigError } from "./error.ts";

/** The secret in a file that a setting names, as systemd and containers hand them out; the line's end is not part of it. */
export function secretInFile(path: string, setting: string, env: Environment): string {
  const place = path.startsWith("~/") && env.HOME ? join(env.HOME, path.slice(2)) : path;
  if (!isAbsolute(place)) {
    throw new ConfigError({
      en: `${setting} must be a whole path, such as /run/secrets/token, not "${path}"`,
      zh: `${setting} 必须是完整路径，例如 /run/secrets/token，而不是“${path}”`,
    });
  }
  let text: string;
  try {
    text = readFileSync(place, "utf8").trim();
  } catch (error) {
    const why = messageOf(error);
    const said = {
      en: `${setting} cannot be read: ${why}; put the secret there, or name another file`,
      zh: `无法读取 ${setting}：${why}；请把密钥放在那里，或写另一个文件`,
    };
    throw new ConfigError(said, undefined, { cause: error });
  }
  if (text !== "") return text;
  throw new ConfigError({
    en: `${setting} names ${place}, which is empty; put the secret into it`,
    zh: `${setting} 所指的 ${place} 是空的；请把密钥写入其中`,
  });
}
