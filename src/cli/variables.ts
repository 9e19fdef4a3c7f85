/** The environment variables that this program reads, each without its prefix. */
import { type Environment, setting } from "#src/config/environment.ts";
import { isSecretKey, redactedMarker, redactForms } from "#src/lib/redact.ts";
import type { Text } from "./language.ts";

export const variables: Readonly<Record<string, Text>> = {
  STATE_DIR: { en: "the state directory", zh: "状态目录" },
  CONFIG_PATH: { en: "the config file", zh: "配置文件" },
  PROFILE: { en: "the profile, as --profile", zh: "配置档，同 --profile" },
  GATEWAY_PORT: { en: "the TCP port, as --port", zh: "TCP 端口，同 --port" },
  GATEWAY_BIND: { en: "where to listen, as --bind", zh: "监听地址，同 --bind" },
  GATEWAY_TOKEN: { en: "the gateway's token, as --token", zh: "网关令牌，同 --token" },
  GATEWAY_PASSWORD: { en: "the gateway's password, as --password", zh: "网关密码，同 --password" },
  GATEWAY_URL: { en: "the gateway to ask, as --url", zh: "要访问的网关，同 --url" },
  GATEWAY_TLS_FINGERPRINT: {
    en: "its certificate, as --tls-fingerprint",
    zh: "其证书指纹，同 --tls-fingerprint",
  },
  NO_OPEN: { en: "1: open no browser", zh: "1：不打开浏览器" },
  NO_DISCOVERY: { en: "1: look for no model servers", zh: "1：不查找模型服务" },
  NO_KEYCHAIN: { en: "1: keep secrets in files, not in the keychain", zh: "1：把密钥保存在文件而非钥匙串中" },
  DISABLE_BONJOUR: { en: "1: announce nothing in the local network", zh: "1：不在本地网络中公布" },
  SUPERVISED: {
    en: "1: whoever started the gateway starts it again",
    zh: "1：启动者会在网关退出后重新启动它",
  },
  UPDATE_SOURCE: { en: "where releases lie, as update.source", zh: "发布位置，同 update.source" },
};

export interface Variable {
  /** As it is set, or as it would be. */
  name: string;
  /** Null where it is not set; a secret is not shown. */
  value: string | null;
  about: Text;
}

/** Every variable with its value, under the name that counts. */
export function readVariables(env: Environment): Variable[] {
  return Object.entries(variables).map(([plain, about]) => {
    const value = setting(env, plain);
    const prefix = ["MOLTBOT_", "CLAWDBOT_", "OPENCLAW_"].find((each) => env[each + plain]?.trim());
    const shown = value === undefined ? null : isSecretKey(plain) ? redactedMarker : redactForms(value);
    return { name: `${prefix ?? "MOLTBOT_"}${plain}`, value: shown, about };
  });
}
