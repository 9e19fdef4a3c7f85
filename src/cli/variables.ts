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

/** Those that others gave their names: of providers, of terminals, of the system. */
export const sharedVariables: Readonly<Record<string, Text>> = {
  ANTHROPIC_API_KEY: { en: "the key for Anthropic's models", zh: "Anthropic 模型的密钥" },
  OPENAI_API_KEY: { en: "the key for OpenAI's models", zh: "OpenAI 模型的密钥" },
  OPENROUTER_API_KEY: { en: "the key for OpenRouter's models", zh: "OpenRouter 模型的密钥" },
  TELEGRAM_BOT_TOKEN: { en: "the token of Telegram's default account", zh: "Telegram 默认账号的令牌" },
  HTTP_PROXY: { en: "the proxy for http addresses", zh: "http 地址的代理" },
  HTTPS_PROXY: { en: "the proxy for https addresses", zh: "https 地址的代理" },
  NO_PROXY: { en: "what is asked without a proxy", zh: "不经过代理的地址" },
  HOME: { en: "below which state and config lie", zh: "状态和配置所在的主目录" },
  PATH: { en: "where ssh, tailscale and others are looked for", zh: "查找 ssh、tailscale 等程序的路径" },
  XDG_STATE_HOME: { en: "where the state lies, on Linux", zh: "Linux 上状态所在的目录" },
  XDG_CONFIG_HOME: { en: "where units of systemd lie", zh: "systemd 单元所在的目录" },
  LOCALAPPDATA: { en: "where the state lies, on Windows", zh: "Windows 上状态所在的目录" },
  LC_ALL: { en: "the language, before all others", zh: "语言，优先于其他变量" },
  LC_MESSAGES: { en: "the language, before LANG", zh: "语言，优先于 LANG" },
  LANG: { en: "the language", zh: "语言" },
  NO_COLOR: { en: "anything: no colour", zh: "任意值：不使用颜色" },
  CLICOLOR_FORCE: { en: "1: colour even where this is no terminal", zh: "1：非终端时也使用颜色" },
  TERM: { en: "dumb: no colour", zh: "dumb：不使用颜色" },
  DISPLAY: { en: "whether there is a screen for a browser", zh: "是否有可打开浏览器的屏幕" },
  WAYLAND_DISPLAY: { en: "the same, with Wayland", zh: "同上，用于 Wayland" },
  SSH_CONNECTION: { en: "whether this is another computer's terminal", zh: "是否来自另一台电脑的终端" },
  SSH_TTY: { en: "the same", zh: "同上" },
  CI: { en: "anything: nobody sits here, so open no browser", zh: "任意值：无人值守，不打开浏览器" },
  USER: { en: "who the service is for", zh: "服务所属的用户" },
  LOGNAME: { en: "the same, where USER is not set", zh: "同上，未设置 USER 时使用" },
  NOTIFY_SOCKET: { en: "where systemd hears how it goes", zh: "向 systemd 报告状态的套接字" },
  WATCHDOG_USEC: { en: "how often systemd wants to hear", zh: "systemd 要求报告的间隔" },
  WATCHDOG_PID: { en: "of whom systemd wants to hear", zh: "systemd 要求报告的进程" },
  SYSTEMD_EXEC_PID: { en: "whether systemd started it", zh: "是否由 systemd 启动" },
  JOURNAL_STREAM: { en: "whether the journal reads along", zh: "输出是否进入 journal" },
  XPC_SERVICE_NAME: { en: "whether launchd started it", zh: "是否由 launchd 启动" },
};

const ofProvider: Text = {
  en: "the key of the provider of this name in the config",
  zh: "配置中同名提供方的密钥",
};

export interface Variable {
  /** As it is set, or as it would be. */
  name: string;
  /** Null where it is not set; a secret is not shown. */
  value: string | null;
  about: Text;
  /** Whether its name is ours. */
  own: boolean;
}

/** Every variable with its value, under the name that counts. */
export function readVariables(env: Environment): Variable[] {
  const own = Object.entries(variables).map(([plain, about]): Variable => {
    const prefix = ["MOLTBOT_", "CLAWDBOT_", "OPENCLAW_"].find((each) => env[each + plain]?.trim());
    return {
      name: `${prefix ?? "MOLTBOT_"}${plain}`,
      value: shown(plain, setting(env, plain)),
      about,
      own: true,
    };
  });
  const keys = Object.keys(env).filter((name) => /^[A-Z0-9_]+_API_KEY$/.test(name) && env[name]);
  const others = { ...Object.fromEntries(keys.map((name) => [name, ofProvider])), ...sharedVariables };
  const shared = Object.entries(others).map(([name, about]): Variable => {
    return { name, value: shown(name, env[name] || undefined), about, own: false };
  });
  return [...own, ...shared];
}

function shown(name: string, value: string | undefined): string | null {
  if (value === undefined) return null;
  return isSecretKey(name) ? redactedMarker : redactForms(value);
}
