import type { Commands } from "./command.ts";

/** Every command, in the order of the help. Nothing is loaded before it is called. */
export const commands: Commands = {
  gateway: {
    summary: {
      en: "Run the gateway in the foreground",
      zh: "在前台运行网关",
    },
    commands: { run: async () => (await import("./commands/gateway.ts")).gateway },
    fallback: "run",
  },
  status: async () => (await import("./commands/status.ts")).status,
  health: async () => (await import("./commands/health.ts")).health,
  chat: async () => (await import("./commands/chat.ts")).chat,
  agent: async () => (await import("./commands/agent.ts")).agent,
  call: async () => (await import("./commands/call.ts")).call,
  logs: async () => (await import("./commands/logs.ts")).logs,
  config: {
    summary: { en: "Find or check the configuration file", zh: "查找或检查配置文件" },
    commands: {
      path: async () => (await import("./commands/config.ts")).configPath,
      validate: async () => (await import("./commands/config.ts")).configValidate,
    },
  },
  version: async () => (await import("./commands/version.ts")).version,
};
