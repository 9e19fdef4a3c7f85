import type { ContentPart } from "#protocol/domains/chat.ts";
import { messageOf } from "#src/lib/errors.ts";
import { type CommandHost, type CommandName, commandList, problemsOf, runCommand } from "./commands.ts";
import type { AgentRuntime, PlainError, RunRequest } from "./runtime.ts";
import { plainError } from "./sentences.ts";

export interface ConciergeOptions {
  host: CommandHost;
}

/** Says nothing: what everybody but the owner gets on a channel where no model answers. */
export const silent: AgentRuntime = {
  id: "concierge",
  describe: () => ({ provider: "moltbot", model: "concierge" }),
  async *run(_request, signal) {
    yield { t: "end", reason: signal.aborted ? "aborted" : "stop" };
  },
};

/** Answers where no model does: owner commands, and one honest sentence to everything else. It is not an AI. */
export function createConcierge({ host }: ConciergeOptions): AgentRuntime {
  return {
    id: "concierge",
    describe: () => ({ provider: "moltbot", model: "concierge" }),
    async *run(request, signal) {
      let said: string;
      try {
        said = await answer(request);
      } catch (error) {
        yield { t: "end", reason: "error", error: failed(error) };
        return;
      }
      for (const delta of pieces(said)) {
        if (signal.aborted) break;
        yield { t: "text", delta };
      }
      yield { t: "end", reason: signal.aborted ? "aborted" : "stop" };
    },
  };

  async function answer({ input, sessionKey, language, owner }: RunRequest): Promise<string> {
    const text = plainText(input);
    const command = inPlainWords(text);
    const done = await runCommand(command ?? text, host, { sessionKey, language, owner });
    return done?.text ?? unknown(language, problemsOf(host, language));
  }
}

function failed(error: unknown): PlainError {
  const told = {
    en: ["The command could not be carried out", "try again, or see the log with: moltbot logs"],
    zh: ["命令未能执行", "请重试，或用 moltbot logs 查看日志。"],
  } as const;
  return plainError("unknown", told, { detail: messageOf(error) });
}

function unknown(language: "en" | "zh", problems: readonly string[]): string {
  const sentence = {
    en: `No AI model is set up yet, so I, the built-in helper, only know commands: ${commandList()}`,
    zh: `尚未设置 AI 模型，我是内置助手，只认识这些命令：${commandList()}`,
  }[language];
  return [sentence, ...problems].join("\n");
}

function plainText(input: readonly ContentPart[]): string {
  return input.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
}

/** What people write when they mean a command: the whole message, not a guess at parts of it. */
const synonyms: Record<
  Exclude<CommandName, "echo" | "reset" | "stop" | "activation" | "approve" | "deny">,
  readonly string[]
> = {
  help: [
    "help",
    "help me",
    "what can you do",
    "commands",
    "帮助",
    "帮我",
    "你能做什么",
    "你会什么",
    "命令",
    "怎么用",
  ],
  status: ["status", "how are you doing", "are you there", "ping", "状态", "运行状态", "在吗", "你在吗"],
  model: [
    "model",
    "models",
    "which model",
    "which model are you",
    "list models",
    "模型",
    "什么模型",
    "你是什么模型",
    "有哪些模型",
  ],
  whoami: ["who am i", "whoami", "我是谁"],
  new: ["new", "new chat", "new conversation", "start over", "新会话", "新对话", "重新开始"],
  sessions: ["sessions", "conversations", "chats", "list sessions", "会话", "会话列表", "有哪些会话"],
};

const meant = new Map(
  Object.entries(synonyms).flatMap(([name, phrases]) =>
    phrases.map((phrase) => [phrase, `/${name}`] as const),
  ),
);

function inPlainWords(text: string): string | null {
  const phrase = text
    .trim()
    .toLowerCase()
    .replace(/[.!?。！？\s]+$/u, "")
    .replace(/\s+/g, " ");
  return meant.get(phrase) ?? null;
}

/** A few deltas, so that what listens sees the same kind of stream as from a model; joined they are the text. */
function pieces(text: string): string[] {
  return text.match(/[^\n]+\n?|\n/g) ?? [];
}
