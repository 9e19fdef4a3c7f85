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
  open: async () => (await import("./commands/open.ts")).open,
  status: async () => (await import("./commands/status.ts")).status,
  health: async () => (await import("./commands/health.ts")).health,
  chat: async () => (await import("./commands/chat.ts")).chat,
  agent: async () => (await import("./commands/agent.ts")).agent,
  call: async () => (await import("./commands/call.ts")).call,
  model: {
    summary: { en: "List, add, test or choose AI models", zh: "列出、添加、测试或选择 AI 模型" },
    commands: {
      list: async () => (await import("./commands/model.ts")).modelList,
      add: async () => (await import("./commands/model-add.ts")).modelAdd,
      test: async () => (await import("./commands/model.ts")).modelTest,
      use: async () => (await import("./commands/model.ts")).modelUse,
    },
    fallback: "list",
  },
  channels: {
    summary: {
      en: "List, add, remove, log in or check accounts on messaging platforms",
      zh: "列出、添加、移除、登录或检查消息平台账号",
    },
    commands: {
      list: async () => (await import("./commands/channels.ts")).channelsList,
      add: async () => (await import("./commands/channels-add.ts")).channelsAdd,
      remove: async () => (await import("./commands/channels.ts")).channelsRemove,
      login: async () => (await import("./commands/channels-add.ts")).channelsLogin,
      logout: async () => (await import("./commands/channels.ts")).channelsLogout,
      status: async () => (await import("./commands/channels.ts")).channelsStatus,
    },
    fallback: "list",
  },
  sessions: {
    summary: {
      en: "List, read, rename, reset, delete or export sessions",
      zh: "列出、查看、命名、重置、删除或导出会话",
    },
    commands: {
      list: async () => (await import("./commands/sessions.ts")).sessionsList,
      show: async () => (await import("./commands/sessions.ts")).sessionsShow,
      rename: async () => (await import("./commands/sessions-change.ts")).sessionsRename,
      reset: async () => (await import("./commands/sessions-change.ts")).sessionsReset,
      delete: async () => (await import("./commands/sessions-change.ts")).sessionsDelete,
      export: async () => (await import("./commands/sessions-export.ts")).sessionsExport,
    },
  },
  devices: {
    summary: {
      en: "List, approve, reject, rename, rotate, revoke or remove devices",
      zh: "列出、批准、拒绝、命名、更换令牌、撤销或移除设备",
    },
    commands: {
      list: async () => (await import("./commands/devices.ts")).devicesList,
      approve: async () => (await import("./commands/devices.ts")).devicesApprove,
      reject: async () => (await import("./commands/devices.ts")).devicesReject,
      rename: async () => (await import("./commands/devices-change.ts")).devicesRename,
      rotate: async () => (await import("./commands/devices-change.ts")).devicesRotate,
      revoke: async () => (await import("./commands/devices-change.ts")).devicesRevoke,
      remove: async () => (await import("./commands/devices-change.ts")).devicesRemove,
    },
    fallback: "list",
  },
  pair: async () => (await import("./commands/pair.ts")).pair,
  service: {
    summary: {
      en: "Keep the gateway running, by launchd or systemd",
      zh: "通过 launchd 或 systemd 让网关保持运行",
    },
    commands: {
      install: async () => (await import("./commands/service-install.ts")).serviceInstall,
      uninstall: async () => (await import("./commands/service.ts")).serviceUninstall,
      start: async () => (await import("./commands/service.ts")).serviceStart,
      stop: async () => (await import("./commands/service.ts")).serviceStop,
      restart: async () => (await import("./commands/service.ts")).serviceRestart,
      status: async () => (await import("./commands/service.ts")).serviceStatus,
      logs: async () => (await import("./commands/service-logs.ts")).serviceLogs,
    },
  },
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
  bugreport: async () => (await import("./commands/bugreport.ts")).bugreport,
  paths: async () => (await import("./commands/paths.ts")).paths,
  env: async () => (await import("./commands/env.ts")).env,
  update: async () => (await import("./commands/update.ts")).update,
  backup: async () => (await import("./commands/backup.ts")).backup,
  restore: async () => (await import("./commands/backup.ts")).restore,
  pairing: {
    summary: {
      en: "See who wrote and waits to be let in; let them in or turn them away",
      zh: "查看、批准或拒绝等待批准的联系人",
    },
    commands: {
      list: async () => (await import("./commands/pairing.ts")).pairingList,
      approve: async () => (await import("./commands/pairing.ts")).pairingApprove,
      deny: async () => (await import("./commands/pairing.ts")).pairingDeny,
    },
  },
  message: {
    summary: {
      en: "Send, change or delete messages, react to them, or ask a poll",
      zh: "发送、修改或删除消息，添加表情回应，或发起投票",
    },
    commands: {
      send: async () => (await import("./commands/message.ts")).messageSend,
      poll: async () => (await import("./commands/message.ts")).messagePoll,
      react: async () => (await import("./commands/message.ts")).messageReact,
      edit: async () => (await import("./commands/message.ts")).messageEdit,
      delete: async () => (await import("./commands/message.ts")).messageDelete,
    },
  },
  outbox: {
    summary: { en: "See to messages that were not sent", zh: "处理未发送的消息" },
    commands: {
      list: async () => (await import("./commands/outbox.ts")).outboxList,
      retry: async () => (await import("./commands/outbox.ts")).outboxRetry,
      discard: async () => (await import("./commands/outbox.ts")).outboxDiscard,
    },
    fallback: "list",
  },
  gateways: {
    summary: { en: "Names for gateways on other computers", zh: "为其他计算机上的网关命名" },
    commands: {
      list: async () => (await import("./commands/gateways.ts")).gatewaysList,
      add: async () => (await import("./commands/gateways.ts")).gatewaysAdd,
      remove: async () => (await import("./commands/gateways.ts")).gatewaysRemove,
      use: async () => (await import("./commands/gateways.ts")).gatewaysUse,
      discover: async () => (await import("./commands/gateways-discover.ts")).gatewaysDiscover,
    },
    fallback: "list",
  },
  tunnel: async () => (await import("./commands/tunnel.ts")).tunnel,
  logs: async () => (await import("./commands/logs.ts")).logs,
  config: {
    summary: { en: "Read, change, find or check the configuration", zh: "查看、更改、查找或检查配置" },
    commands: {
      get: async () => (await import("./commands/config-get.ts")).configGet,
      set: async () => (await import("./commands/config-set.ts")).configSet,
      schema: async () => (await import("./commands/config-schema.ts")).configSchema,
      path: async () => (await import("./commands/config.ts")).configPath,
      validate: async () => (await import("./commands/config.ts")).configValidate,
    },
  },
  completion: async () => (await import("./commands/completion.ts")).completion,
  licenses: async () => (await import("./commands/licenses.ts")).licenses,
  version: async () => (await import("./commands/version.ts")).version,
};
