import type { Sentence } from "#src/lib/sentence.ts";
import { commandHelp, type Language, texts } from "./command-texts.ts";

export const commandNames = [
  "help",
  "status",
  "model",
  "whoami",
  "new",
  "reset",
  "sessions",
  "stop",
  "activation",
  "approve",
  "deny",
  "echo",
] as const;

export type CommandName = (typeof commandNames)[number];

/** When a message in a group is answered: only where it speaks to us, or always. */
export type Activation = (typeof activations)[number];

const activations = ["mention", "always"] as const;

/** What commands may ask of the house and do to it. */
export interface CommandHost {
  version: string;
  uptimeMs(): number;
  /** What answers next in the session; null where no model does. */
  modelInUse(sessionKey: string): string | null;
  /** The models that could be chosen, as `provider/model`. */
  models(): string[];
  /** The same as `provider/model`, if the name, alias or reference can be used. */
  resolveModel(ref: string): string | null;
  /** What is configured and can't be used, one sentence each. */
  problems(): readonly Sentence[];
  /** Null goes back to the default. */
  setModel(sessionKey: string, ref: string | null): void | Promise<void>;
  newSession(sessionKey: string): void | Promise<void>;
  /** Stops what runs in the session and says how many runs that were; the asking one not counted. */
  stop(sessionKey: string): number | Promise<number>;
  /** The latest conversations, newest first. */
  sessions(limit: number): { key: string; title?: string; updatedAt: number | null }[];
  /** What a group's session says about mentions: null where it says nothing, undefined where it is no group's. */
  activation(sessionKey: string): Activation | null | undefined;
  setActivation(sessionKey: string, activation: Activation): void | Promise<void>;
  whoami(sessionKey: string): { sender: string; channel: string };
  /** Lets in, or turns away, the stranger with this code; null where nobody waits with it. */
  decideSender(
    verdict: "approve" | "deny",
    code: string,
  ): Promise<{ sender: string; channel: string } | null>;
}

export interface CommandContext {
  sessionKey: string;
  language: Language;
  /** Whether the sender may give commands. */
  owner: boolean;
}

/** A command and what follows it; `name` may be one that doesn't exist. */
export interface Command {
  name: string;
  rest: string;
}

/** Reads `/name rest`, with the full-width slash of Chinese keyboards and Telegram's `@bot` suffix; null for other text. */
export function parseCommand(text: string): Command | null {
  const match = /^\s*[/／]([a-z][a-z0-9_-]*)(?:@\w+)?(?:\s+([\s\S]*))?$/i.exec(text);
  if (match === null) return null;
  return { name: (match[1] ?? "").toLowerCase(), rest: (match[2] ?? "").trim() };
}

/** Carries a command out and says what came of it; null when the text is none. */
export async function runCommand(
  text: string,
  host: CommandHost,
  context: CommandContext,
): Promise<{ text: string } | null> {
  const command = parseCommand(text);
  if (command === null) return null;
  const say = texts[context.language];
  if (!context.owner) return { text: say.ownerOnly };
  const name = commandNames.find((each) => each === command.name);
  if (name === undefined) return { text: say.unknown(command.name, commandList()) };
  return { text: await carryOut(name, command.rest, host, context) };
}

/** What is configured and cannot be used, in the reader's language. */
export function problemsOf(host: Pick<CommandHost, "problems">, language: Language): string[] {
  return host.problems().map((said) => said[language]);
}

/** `/help /status …`, in one line. */
export function commandList(): string {
  return commandNames.map((name) => `/${name}`).join(" ");
}

async function carryOut(
  name: CommandName,
  rest: string,
  host: CommandHost,
  { sessionKey, language }: CommandContext,
): Promise<string> {
  const say = texts[language];
  switch (name) {
    case "help":
      return [say.heading, ...commandNames.map((each) => `/${each} – ${commandHelp[each][language]}`)].join(
        "\n",
      );
    case "status":
      return lines(
        say.status(host.version, duration(host.uptimeMs(), language), modelLine(host, sessionKey, language)),
        ...problemsOf(host, language),
      );
    case "model":
      return await model(rest, host, sessionKey, language);
    case "whoami": {
      const { sender, channel } = host.whoami(sessionKey);
      return lines(say.whoami(sender, channel), say.session(sessionKey));
    }
    case "new":
    case "reset":
      await host.newSession(sessionKey);
      return say.fresh;
    case "sessions":
      return sessions(host, language);
    case "stop": {
      const count = await host.stop(sessionKey);
      return count === 0 ? say.nothingToStop : say.stopped(count);
    }
    case "activation": {
      const now = host.activation(sessionKey);
      if (now === undefined) return say.noGroup;
      const wanted = activations.find((each) => each === rest.toLowerCase());
      if (wanted === undefined)
        return lines(...(now === null ? [] : [say.activation[now]]), say.activationHow);
      await host.setActivation(sessionKey, wanted);
      return say.activation[wanted];
    }
    case "approve":
    case "deny": {
      if (rest === "") return say.codeWhich(name);
      const found = await host.decideSender(name, rest);
      if (found === null) return say.codeUnknown(rest.slice(0, 20));
      return name === "approve" ? say.letIn(found) : say.turnedAway(found);
    }
    case "echo":
      return rest === "" ? say.echoWhat : rest;
  }
}

const listedModels = 20;
const listedSessions = 10;

async function model(
  rest: string,
  host: CommandHost,
  sessionKey: string,
  language: Language,
): Promise<string> {
  const say = texts[language];
  const all = host.models();
  const shown = all.slice(0, listedModels).map((ref) => `- ${ref}`);
  const more = all.length > shown.length ? [say.andMore(all.length - shown.length)] : [];
  const available = all.length === 0 ? [say.addModel] : [say.available, ...shown, ...more];
  if (rest === "") {
    return lines(modelLine(host, sessionKey, language), ...available, ...problemsOf(host, language));
  }
  if (rest.toLowerCase() === "default") {
    await host.setModel(sessionKey, null);
    return say.modelDefault(host.modelInUse(sessionKey));
  }
  const found = host.resolveModel(rest);
  if (found === null) return lines(say.modelUnknown(rest.slice(0, 200)), ...available);
  await host.setModel(sessionKey, found);
  return say.modelSet(found);
}

function modelLine(host: CommandHost, sessionKey: string, language: Language): string {
  const ref = host.modelInUse(sessionKey);
  return ref === null ? texts[language].noModel : texts[language].modelIs(ref);
}

function sessions(host: CommandHost, language: Language): string {
  const say = texts[language];
  const latest = host.sessions(listedSessions);
  if (latest.length === 0) return say.noSessions;
  const rows = latest.map(({ key, title }) => (title === undefined ? `- ${key}` : `- ${title} (${key})`));
  return lines(say.sessions, ...rows);
}

/** The two largest units, such as `2 h 4 min`. */
function duration(ms: number, language: Language): string {
  const say = texts[language];
  const seconds = Math.floor(ms / 1000);
  const units = [
    [Math.floor(seconds / 86_400), say.days],
    [Math.floor(seconds / 3_600) % 24, say.hours],
    [Math.floor(seconds / 60) % 60, say.minutes],
    [seconds % 60, say.seconds],
  ] as const;
  const first = units.findIndex(([count]) => count > 0);
  if (first === -1) return spoken(0, say.seconds);
  return units
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => spoken(count, unit))
    .join(" ");
}

function spoken(count: number, unit: string): string {
  return unit.startsWith(" ") ? `${count}${unit}` : `${count} ${unit}`;
}

function lines(...each: string[]): string {
  return each.join("\n");
}
