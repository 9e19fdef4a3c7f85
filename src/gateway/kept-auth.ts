import { join } from "node:path";
import { type Environment, isSet } from "#src/config/environment.ts";
import { ConfigError } from "#src/config/error.ts";
import type { GatewayAuth } from "#src/config/gateway.ts";
import { systemKeychain } from "#src/config/keychain.ts";
import { secretNameOf } from "#src/config/secret-reference.ts";
import { createSecrets } from "#src/config/secrets.ts";

export interface KeptAuthOptions {
  stateDir: string;
  env: Environment;
  /** Told of the secret, so that no log ever shows it. */
  known: (secret: string) => void;
}

/** The secret itself in the place of `${secret:NAME}`; one that is not there ends the start. */
export async function keptAuth(auth: GatewayAuth, options: KeptAuthOptions): Promise<GatewayAuth> {
  if (auth.mode !== "token" && auth.mode !== "password") return auth;
  const name = secretNameOf(auth.mode === "token" ? auth.token : auth.password);
  if (name === null) return auth;
  const { stateDir, env, known } = options;
  const keychain = isSet(env, "NO_KEYCHAIN") ? null : systemKeychain(stateDir);
  const found = await createSecrets({ stateDir, keychain, known }).read(name);
  if (found === null) {
    const file = join(stateDir, "secrets", name);
    throw new ConfigError({
      en: `gateway.auth.${auth.mode} is kept under the name ${name}, but nothing is kept there; write it into ${file} (readable by you alone), or into the keychain`,
      zh: `gateway.auth.${auth.mode} 以 ${name} 为名保存，但那里没有内容；请写入 ${file}（仅您可读）或钥匙串`,
    });
  }
  return auth.mode === "token" ? { mode: "token", token: found } : { mode: "password", password: found };
}
