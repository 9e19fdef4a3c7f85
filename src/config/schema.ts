// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the config's own references look like this
import { type Static, Type } from "@sinclair/typebox";
import { map, words } from "#protocol/primitives.ts";
import { Channels } from "#src/channels/settings.ts";
import { logLevels } from "#src/lib/log-level.ts";
import { Discovery } from "./discovery-schema.ts";
import { Gateway } from "./gateway-schema.ts";
import {
  block,
  flag,
  foreign,
  looseSection,
  maybe,
  section,
  text,
  texts,
  whole,
  withDefault,
} from "./schema-parts.ts";

const ModelEntry = block({
  id: text,
  name: maybe(text, "what people read"),
  api: maybe(text, "when it differs from the provider's"),
  reasoning: maybe(flag, "whether it can think"),
  input: maybe(Type.Array(words("text", "image", "audio", "video")), "what it takes"),
  cost: maybe(
    map(Type.Unknown()),
    "US dollars per million tokens: input, output, and cacheRead, cacheWrite, which cost as input unless given",
  ),
  contextWindow: maybe(whole(1), "tokens"),
  maxTokens: maybe(whole(1), "tokens of one answer"),
  headers: maybe(map(Type.String()), "further request headers"),
  compat: maybe(map(Type.Unknown()), "peculiarities of the server"),
});

/** One place that models are asked at. */
export type ModelProvider = Static<typeof ModelProvider>;
export const ModelProvider = block({
  baseUrl: maybe(text, "where it answers"),
  apiKey: maybe(
    text,
    "its secret: ${NAME} from the environment, or ${secret:NAME} from the OS keychain or secrets/NAME in the state directory",
  ),
  auth: maybe(text, "how the secret travels"),
  api: maybe(text, "openai-completions, openai-responses, anthropic-messages, …"),
  headers: maybe(map(Type.String()), "further request headers"),
  authHeader: maybe(flag, "send the secret as Authorization"),
  models: withDefault(Type.Array(ModelEntry), [], "the models it has"),
});

const Models = section(
  {
    mode: withDefault(words("merge", "replace"), "merge", "add to the known providers, or replace them"),
    providers: withDefault(map(ModelProvider), {}, "model providers by id"),
    bedrockDiscovery: foreign("read by other versions"),
  },
  "where models are asked",
);

/** A model by `provider/model`, alone or with those to try after it. */
export type ModelChoice = Static<typeof ModelChoice>;
const ModelChoice = Type.Union([
  text,
  block({ primary: maybe(text, "tried first"), fallbacks: maybe(texts, "tried after it, in order") }),
]);

const Heartbeat = foreign("periodic runs");

const thinking = words("off", "minimal", "low", "medium", "high", "xhigh");

const typingMode = words("never", "instant", "thinking", "message");

const AgentDefaults = section(
  {
    model: maybe(ModelChoice, "the model"),
    imageModel: maybe(ModelChoice, "the model for images"),
    models: foreign("names and settings of models by provider/model"),
    workspace: maybe(text, "the agent's directory"),
    repoRoot: maybe(text, "read by other versions"),
    skipBootstrap: maybe(flag, "do not create workspace files"),
    bootstrapMaxChars: maybe(whole(1), "how much of a workspace file is told to the model"),
    userTimezone: maybe(text, "IANA name"),
    timeFormat: maybe(words("auto", "12", "24"), "clock"),
    envelopeTimezone: maybe(text, "the zone of message times"),
    contextTokens: maybe(whole(1), "the window to fit history into"),
    dailyCapUsd: maybe(
      Type.Number({ minimum: 0 }),
      "US dollars that paid models may cost a day; after that, only those that cost nothing answer",
    ),
    thinkingDefault: maybe(thinking, "how much to think"),
    verboseDefault: maybe(words("off", "on", "full"), "how much to show of tools"),
    elevatedDefault: maybe(text, "read by other versions"),
    timeoutSeconds: withDefault(whole(1), 600, "the longest run"),
    maxSteps: withDefault(whole(1, 1_000), 50, "the most steps with tools in one run"),
    mediaMaxMb: maybe(Type.Number({ minimum: 0 }), "largest media"),
    typingIntervalSeconds: maybe(whole(2), "how often the typing signal is renewed"),
    typingMode: maybe(typingMode, "when it is shown that somebody types (instant)"),
    heartbeat: Heartbeat,
    maxConcurrent: withDefault(whole(1, 1_000), 4, "runs at once"),
    subagents: looseSection({ maxConcurrent: withDefault(whole(1), 8, "runs at once") }, "agents of agents"),
    compaction: looseSection(
      {
        mode: withDefault(
          words("default", "safeguard"),
          "safeguard",
          "how many requests a summary of older turns may take: one, or up to four",
        ),
      },
      "long transcripts",
    ),
    contextPruning: foreign("read by other versions"),
    memorySearch: foreign("read by other versions"),
    sandbox: foreign("read by other versions"),
    cliBackends: foreign("read by other versions"),
  },
  "for every agent that does not say otherwise",
);

const Identity = block({
  name: maybe(text, "its name"),
  theme: maybe(text, "its manner"),
  emoji: maybe(text, "its sign"),
  avatar: maybe(text, "its picture: a path or a URL"),
});

/** One configured agent. */
export type AgentEntry = Static<typeof AgentEntry>;
export const AgentEntry = block({
  id: text,
  default: maybe(flag, "the one for messages that no binding names an agent for"),
  name: maybe(text, "its name"),
  workspace: maybe(text, "its directory"),
  agentDir: maybe(text, "read by other versions"),
  model: maybe(ModelChoice, "the model"),
  identity: maybe(Identity, "how it appears"),
  groupChat: foreign("in groups"),
  heartbeat: Heartbeat,
  humanDelay: foreign("pauses between messages"),
  memorySearch: foreign("read by other versions"),
  subagents: foreign("agents of agents"),
  sandbox: foreign("read by other versions"),
  tools: foreign("which tools it may use"),
  skills: maybe(texts, "which skills it has"),
});

const Agents = section(
  { defaults: AgentDefaults, list: withDefault(Type.Array(AgentEntry), [], "the agents") },
  "who answers",
);

/** Which agent answers where. */
export type Binding = Static<typeof Binding>;
export const Binding = block({
  agentId: text,
  match: block({
    channel: text,
    accountId: maybe(text, "one login; `*` is any"),
    peer: maybe(block({ kind: words("dm", "group", "channel"), id: text }), "one conversation"),
    guildId: maybe(text, "Discord server"),
    teamId: maybe(text, "Slack workspace"),
  }),
});

const Reset = block({
  mode: withDefault(words("daily", "idle"), "daily", "at an hour, or after silence"),
  atHour: withDefault(whole(0, 23), 4, "the hour of mode daily"),
  idleMinutes: maybe(whole(1), "the silence of mode idle"),
});

const chatType = words("dm", "direct", "group", "channel", "thread");

const Session = section(
  {
    scope: withDefault(
      words("per-sender", "global"),
      "per-sender",
      "one conversation a sender, or one for all",
    ),
    mainKey: withDefault(text, "main", "always main; another value is ignored"),
    dmScope: withDefault(
      words("main", "per-peer", "per-channel-peer", "per-account-channel-peer"),
      "main",
      "whether direct messages share a conversation",
    ),
    identityLinks: withDefault(map(texts), {}, "one person's addresses, `channel:peer`, by a common name"),
    resetTriggers: withDefault(texts, ["/new", "/reset"], "messages that start afresh"),
    reset: maybe(Reset, "when a conversation starts afresh"),
    resetByType: maybe(
      block({ dm: maybe(Reset, "direct"), group: maybe(Reset, "groups"), thread: maybe(Reset, "threads") }),
      "the same by kind of conversation",
    ),
    resetByChannel: maybe(map(Reset), "the same by channel"),
    idleMinutes: maybe(whole(1), "older spelling of reset.idleMinutes"),
    heartbeatIdleMinutes: maybe(whole(1), "read by other versions"),
    store: maybe(text, "read by other versions"),
    typingIntervalSeconds: maybe(whole(2), "as agents.defaults.typingIntervalSeconds, which it goes before"),
    typingMode: maybe(typingMode, "as agents.defaults.typingMode, which it goes before"),
    sendPolicy: maybe(
      block({
        default: withDefault(words("allow", "deny"), "allow", "when no rule matches"),
        rules: withDefault(
          Type.Array(
            block({
              action: words("allow", "deny"),
              match: maybe(
                block({
                  channel: maybe(text, "channel"),
                  chatType: maybe(chatType, "kind of conversation"),
                  keyPrefix: maybe(text, "start of the session key"),
                }),
                "what it applies to",
              ),
            }),
          ),
          [],
          "the first that matches counts",
        ),
      }),
      "where replies may go",
    ),
    agentToAgent: looseSection(
      { maxPingPongTurns: withDefault(whole(0, 5), 5, "turns") },
      "agents that talk",
    ),
  },
  "conversations",
);

const queueMode = words(
  "steer",
  "followup",
  "collect",
  "steer-backlog",
  "steer+backlog",
  "queue",
  "interrupt",
);

const Messages = section(
  {
    responsePrefix: maybe(Type.String(), "before what goes out"),
    groupChat: maybe(
      block({
        mentionPatterns: maybe(texts, "names it"),
        historyLimit: maybe(whole(0), "messages for context"),
      }),
      "in groups",
    ),
    queue: section(
      {
        mode: withDefault(
          queueMode,
          "collect",
          "what a message during a run does: collect joins the next turn, followup is a turn of its own, interrupt ends the run; steer has the model asked anew with both as long as the run has said and done nothing, and is followup after that",
        ),
        byChannel: maybe(map(queueMode), "the same by channel"),
        debounceMs: withDefault(whole(0), 1_000, "pause that ends a burst"),
        debounceMsByChannel: maybe(map(whole(0)), "the same by channel"),
        cap: withDefault(whole(1), 20, "the most in one turn; what waits beyond that makes further turns"),
      },
      "messages that arrive during a run",
    ),
    inbound: maybe(
      block({
        debounceMs: maybe(whole(0), "pause that ends a burst"),
        byChannel: maybe(map(whole(0)), "by channel"),
      }),
      "bursts",
    ),
    ackReaction: maybe(Type.String(), "the reaction that says seen"),
    ackReactionScope: withDefault(
      words("group-mentions", "group-all", "direct", "all"),
      "group-mentions",
      "where it is given",
    ),
    removeAckAfterReply: maybe(flag, "take it back once the answer is there (false)"),
    tts: foreign("speech"),
  },
  "messages",
);

const Logging = section(
  {
    level: withDefault(words(...logLevels), "info", "the least that goes into the file"),
    file: maybe(text, "the file; otherwise logs/moltbot.log in the state directory"),
    consoleLevel: maybe(words(...logLevels), "the least that goes to the terminal"),
    consoleStyle: maybe(words("pretty", "compact", "json"), "how it looks there"),
    redactSensitive: maybe(words("off", "tools"), "secrets are always left out"),
    redactPatterns: maybe(texts, "read by other versions"),
  },
  "the log",
);

const Ui = section(
  {
    seamColor: maybe(Type.String({ pattern: "^#?[0-9A-Fa-f]{6}$" }), "accent of the apps, RRGGBB"),
    assistant: section(
      { name: maybe(text, "name in the page"), avatar: maybe(text, "picture in the page") },
      "how the assistant appears",
    ),
  },
  "appearance",
);

const Cron = section(
  {
    enabled: withDefault(flag, true, "run scheduled jobs"),
    store: maybe(text, "read by other versions"),
    maxConcurrentRuns: withDefault(whole(1), 1, "jobs at once"),
  },
  "scheduled jobs",
);

const Hooks = looseSection(
  {
    enabled: withDefault(flag, false, "take webhooks"),
    path: withDefault(text, "/hooks", "their path"),
    token: maybe(text, "their secret"),
    maxBodyBytes: withDefault(whole(1), 262_144, "the largest"),
  },
  "webhooks",
);

const CanvasHost = section(
  {
    enabled: withDefault(flag, true, "serve pages that the agent edits"),
    root: maybe(text, "their directory"),
    port: maybe(whole(1, 65_535), "read by other versions"),
    liveReload: withDefault(flag, true, "reload them when they change"),
  },
  "pages that the agent edits",
);

const Env = Type.Object(
  {
    vars: withDefault(map(Type.String()), {}, "variables for ${…} and for model keys; the environment wins"),
    shellEnv: foreign("read by other versions"),
  },
  { additionalProperties: Type.String(), default: {}, description: "variables" },
);

/** The whole file. Every level has a default, so an empty file is a valid one. */
export const ConfigSchema = Type.Object(
  {
    $schema: maybe(Type.String(), "for editors"),
    gateway: Gateway,
    models: Models,
    agents: Agents,
    bindings: withDefault(Type.Array(Binding), [], "which agent answers where"),
    broadcast: foreign("several agents for one peer"),
    session: Session,
    messages: Messages,
    channels: Channels,
    cron: Cron,
    hooks: Hooks,
    canvasHost: CanvasHost,
    logging: Logging,
    ui: Ui,
    env: Env,
    commands: foreign("owner commands"),
    skills: foreign("skills"),
    plugins: foreign("plugins"),
    tools: foreign("tools"),
    web: foreign("the WhatsApp connection"),
    discovery: Discovery,
    talk: foreign("speech"),
    diagnostics: foreign("diagnostics"),
    update: looseSection(
      { source: maybe(text, "where releases lie, as SHA256SUMS beside them says: a directory or a URL") },
      "updates",
    ),
    auth: foreign("model credentials"),
    browser: foreign("the agent's browser"),
    nodeHost: foreign("this machine as a node"),
    approvals: foreign("asking before commands"),
    media: foreign("media"),
    audio: foreign("audio"),
    memory: foreign("memory"),
    wizard: foreign("what the setup did"),
    meta: foreign("who wrote the file"),
  },
  { additionalProperties: false },
);

/** The config with every default filled in. */
export type Config = Static<typeof ConfigSchema>;
