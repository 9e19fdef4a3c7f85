import type { Database } from "bun:sqlite";
import type { ContentPart } from "#protocol/domains/chat.ts";
import type { ModelCatalog } from "#src/agents/catalog.ts";
import { offerOf, toTurn } from "#src/agents/client-tools.ts";
import { type Language, texts } from "#src/agents/command-texts.ts";
import { type CommandHost, parseCommand, runCommand } from "#src/agents/commands.ts";
import { createConcierge, silent } from "#src/agents/concierge.ts";
import { buildSystem } from "#src/agents/context.ts";
import type { AgentDirectory } from "#src/agents/directory.ts";
import { createMemories } from "#src/agents/memory.ts";
import { createModelRuntime } from "#src/agents/model-runtime.ts";
import type { Job } from "#src/agents/runner.ts";
import { ownChannel } from "#src/channels/index.ts";
import type { Config } from "#src/config/schema.ts";
import { messagesOf, resultsOf } from "#src/inbox/messages.ts";
import type { Arrival, TurnRow } from "#src/inbox/turns.ts";
import type { Log } from "#src/lib/log.ts";
import { ownZone } from "#src/lib/time-zone.ts";
import { agentOfKey, type KeyDefaults, kindOf } from "#src/sessions/key.ts";
import { createRecollections } from "#src/sessions/recollections.ts";
import type { SessionFacts, SessionStore } from "#src/sessions/store.ts";
import { textOf } from "#src/sessions/title.ts";
import type { Transactor } from "#src/store/transactor.ts";
import type { ModelRooms } from "./model-rooms.ts";

export interface AnsweringOptions extends Pick<ModelRooms, "ask" | "budget" | "spent" | "isStale"> {
  db: Database;
  config: () => Config;
  catalog: () => ModelCatalog;
  directory: () => AgentDirectory;
  sessions: SessionStore;
  transactor: Transactor;
  keys: KeyDefaults;
  now: () => number;
  log: Log;
  version: string;
  uptimeMs: () => number;
  stopRuns: (key: string, reason: string) => string[];
  /** Lets in, or turns away, the stranger with this code; null where nobody waits with it. */
  decideSender: CommandHost["decideSender"];
  changed: () => void;
}

/** Decides who answers a turn and with what: an owner command, a model, or the built-in helper. */
export function answering(options: AnsweringOptions) {
  const { config, catalog, directory, sessions, transactor, keys, now, log } = options;
  const memories = createMemories({
    recollections: createRecollections(options.db, now),
    transact: (work) => transactor.transact(work),
    mode: () => config().agents.defaults.compaction.mode,
    now,
  });

  const host: CommandHost = {
    version: options.version,
    uptimeMs: options.uptimeMs,
    modelInUse: (key) => sessions.find(key)?.model ?? catalog().primary(agentOfKey(key, keys)),
    models: () =>
      catalog()
        .list()
        .map((model) => `${model.provider}/${model.id}`),
    resolveModel: (ref) => catalog().choose(ref)?.ref ?? null,
    problems: () => catalog().problems,
    async setModel(key, ref) {
      const model = ref === null ? null : catalog().resolve(ref);
      await transactor.transact(() => sessions.patch(key, { model }));
      options.changed();
    },
    async newSession(key) {
      options.stopRuns(key, "reset");
      await transactor.transact(() => sessions.reset(key));
      options.changed();
    },
    stop: (key) => options.stopRuns(key, "stop").length,
    sessions: (limit) =>
      sessions
        .list({ limit, offset: 0, titles: true, previews: false, includeGlobal: true, includeUnknown: false })
        .rows.map(({ key, derivedTitle, updatedAt }) => ({
          key,
          updatedAt,
          ...(derivedTitle === undefined ? {} : { title: derivedTitle }),
        })),
    activation(key) {
      if (kindOf(key) !== "group") return undefined;
      const said = sessions.find(key)?.settings.groupActivation;
      return said === "mention" || said === "always" ? said : null;
    },
    async setActivation(key, groupActivation) {
      await transactor.transact(() => sessions.patch(key, { groupActivation }));
      options.changed();
    },
    whoami: () => ({ sender: "owner", channel: ownChannel.id }),
    decideSender: options.decideSender,
  };
  const concierge = createConcierge({ host });
  const model = createModelRuntime({
    models: catalog,
    ask: options.ask,
    exceeded: options.budget.exceeded,
    log: (line, facts) => log.warn(line, facts),
  });

  async function prepare(
    row: TurnRow,
    session: SessionFacts,
    controller: AbortController,
    startedAt: number,
  ): Promise<Job> {
    const { content, owner, language, thinking, sampling, answerFormat, timeoutMs, extraSystem, origin } =
      row.options;
    const results = resultsOf(row);
    const tools = offerOf(row.options.tools);
    const agent = directory().find(session.agentId);
    const chosen = row.options.model ?? session.model ?? catalog().primary(session.agentId);
    const helper = origin === undefined || owner ? concierge : silent;
    const runtime = chosen === null ? helper : model;
    const level = thinking ?? session.settings.thinkingLevel ?? config().agents.defaults.thinkingDefault;
    const system =
      chosen === null
        ? ""
        : await buildSystem({
            identity: { ...(agent?.name === undefined ? {} : { name: agent.name }), ...agent?.identity },
            ...(agent?.workspace === undefined ? {} : { workspace: agent.workspace }),
            isPrivate: origin === undefined || (owner && origin.kind === "direct"),
            ...(config().agents.defaults.bootstrapMaxChars === undefined
              ? {}
              : { fileChars: config().agents.defaults.bootstrapMaxChars }),
            now: new Date(now()),
            timeZone: config().agents.defaults.userTimezone ?? ownZone(startedAt),
          });
    return {
      runId: row.runId,
      sessionKey: row.askedKey,
      language,
      session,
      runtime,
      startedAt,
      controller,
      request: {
        runId: row.runId,
        sessionKey: row.key,
        sessionId: session.sessionId,
        agentId: session.agentId,
        history: chosen === null ? [] : historyOf(row, session),
        input: [...dataOf(row), ...content],
        ...(results.length === 0 ? {} : { results }),
        ...(tools === null ? {} : { tools }),
        system: extraSystem === undefined || extraSystem === "" ? system : `${system}\n\n${extraSystem}`,
        ...(chosen === null ? {} : { model: chosen }),
        ...(level === undefined ? {} : { thinking: level }),
        ...(sampling === undefined ? {} : { sampling }),
        ...(answerFormat === undefined ? {} : { answerFormat }),
        language,
        owner,
        limits: {
          maxSteps: config().agents.defaults.maxSteps,
          timeoutMs: timeoutMs ?? config().agents.defaults.timeoutSeconds * 1000,
        },
      },
    };
  }

  /** What was said before: by the session, or by a caller who keeps the conversation itself. */
  function historyOf(row: TurnRow, { sessionId, messageCount }: SessionFacts) {
    const { history } = row.options;
    if (history !== undefined) return history.map(toTurn);
    const own = messagesOf(row, row.acceptedAt).map(({ id }) => id);
    return messageCount <= own.length ? [] : memories.of(sessionId, own);
  }

  /** What the model is told beside the message. */
  function dataOf({ options: { origin } }: TurnRow): ContentPart[] {
    const text = origin?.surroundings ?? "";
    return text === "" ? [] : [{ type: "text", text }];
  }

  /** What carries out an owner command; null for any other message. */
  function command(row: Arrival): (() => Promise<{ text: string; fresh: boolean } | null>) | null {
    const { language, owner, origin, content } = row.options;
    const text = origin === undefined ? textOf({ content }) : origin.command;
    const parsed = text === null ? null : parseCommand(text);
    if (text === null || parsed === null) return null;
    // Whom nobody answers does not learn that there are commands.
    if (origin !== undefined && !owner && host.modelInUse(row.key) === null) return null;
    // Everybody begins a bot's chat with it.
    if (origin !== undefined && parsed.name === "start") {
      return async () => ({ text: greeting(row.key, language), fresh: false });
    }
    const here = origin === undefined ? host : hostFor(row.channel, origin.sender);
    const fresh = owner && (parsed.name === "new" || parsed.name === "reset");
    return async () => {
      const reply = await runCommand(text, here, { sessionKey: row.key, language, owner });
      return reply === null ? null : { text: reply.text, fresh };
    };
  }

  function greeting(key: string, language: Language): string {
    const agent = directory().find(agentOfKey(key, keys));
    const name = agent?.identity.name ?? agent?.name ?? "Moltbot";
    const say = texts[language];
    return host.modelInUse(key) === null ? say.greetingAlone(name) : say.greeting(name);
  }

  function hostFor(channel: string, sender: string): CommandHost {
    return { ...host, whoami: () => ({ sender, channel }) };
  }

  return { prepare, command, spent: options.spent, isStale: options.isStale };
}
