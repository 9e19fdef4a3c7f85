import {
  ConnectFailed,
  ConnectionClosed,
  InvalidAnswer,
  RequestError,
  RequestTimeout,
  RequestTooLarge,
  WrongCertificate,
} from "#src/client/errors.ts";
import type { ConfigIssue } from "#src/config/error.ts";
import { AlreadyRunning, PortTaken } from "#src/lib/start-errors.ts";
import { ToldError } from "#src/lib/told-error.ts";
import { configRefusal, issueIn } from "./config-texts.ts";
import { CliError, type Exit, exits } from "./exit.ts";
import type { Language } from "./language.ts";
import { type Texts, texts } from "./texts.ts";

/** What a person reads of a failure, and what the process ends with. */
export function explainFailure(cause: unknown, language: Language): CliError {
  const say = texts[language];
  const because = { cause };
  if (cause instanceof RequestError) return explainRefusal(cause, language);
  if (cause instanceof ConnectFailed) {
    return new CliError(exits.unavailable, cause.message, say.checkUrl, because);
  }
  if (cause instanceof WrongCertificate) {
    const message = say.wrongCertificate(cause.url, cause.expected, cause.shown);
    return new CliError(exits.permission, message, say.comparePin, because);
  }
  if (cause instanceof ConnectionClosed) {
    const why = cause.reason === "" ? String(cause.code) : cause.reason;
    return new CliError(exits.unavailable, say.lost(why), undefined, because);
  }
  if (cause instanceof RequestTimeout)
    return new CliError(exits.unavailable, cause.message, undefined, because);
  if (cause instanceof RequestTooLarge) return new CliError(exits.failure, cause.message, undefined, because);
  if (cause instanceof InvalidAnswer) {
    return new CliError(exits.failure, cause.message, say.sameVersion, because);
  }
  if (cause instanceof AlreadyRunning) return explainHolder(cause, say);
  if (cause instanceof PortTaken) {
    const message = say.portTaken(cause.port, cause.holder ?? say.anotherProgram);
    return new CliError(exits.config, message, say.otherPort("moltbot gateway --port NUMBER"), because);
  }
  return explainOther(cause, language);
}

function explainRefusal(error: RequestError, language: Language): CliError {
  const say = texts[language];
  const because = { cause: error };
  const { code, message } = error;
  if (message === "protocol mismatch") {
    const details = error.details === undefined ? "" : ` ${JSON.stringify(error.details)}`;
    return new CliError(exits.failure, say.oldProtocol(message + details), say.sameVersion, because);
  }
  if (code === "NOT_PAIRED" || message.startsWith("unauthorized")) {
    return new CliError(exits.permission, say.unauthorized(message), say.bringSecret, because);
  }
  if (code === "FORBIDDEN" || message.startsWith("missing scope")) {
    return new CliError(exits.permission, say.forbidden(message), say.bringSecret, because);
  }
  const issues = issuesOf(error, language);
  if (issues.length > 0) {
    const what = configRefusal(message, language);
    return new CliError(exits.config, [what, ...issues].join("\n"), undefined, because);
  }
  const { retryAfterMs } = error;
  const hint = retryAfterMs === undefined ? undefined : say.retryAfter(Math.ceil(retryAfterMs / 1000));
  const said = configRefusal(message, language);
  return new CliError(error.retryable ? exits.unavailable : exits.failure, said, hint, because);
}

/** What is wrong with the config by a refusal's details, line by line. */
export function issuesOf(refusal: Error, language: Language): string[] {
  const details = "details" in refusal ? refusal.details : undefined;
  const issues = typeof details === "object" && details !== null && "issues" in details ? details.issues : [];
  return Array.isArray(issues) ? issues.map((issue: ConfigIssue) => `  ${issueIn(issue, language)}`) : [];
}

/** Who has the state already, and the commands that reach them. */
export function explainHolder({ holder }: AlreadyRunning, say: Texts, profile?: string): CliError {
  const who = holder === null ? "" : ` (${say.pid} ${holder.pid})`;
  const moltbot = profile === undefined ? "moltbot" : `moltbot --profile ${profile}`;
  const page =
    holder?.url === undefined ? [] : [`  ${say.page}: ${holder.url}   ${say.openIt}: ${moltbot} open`];
  const message = [`${say.alreadyRunning}${who}`, ...page].join("\n");
  const hint = `${say.status}: ${moltbot} status   ${say.logs}: ${moltbot} logs -f`;
  return new CliError(exits.alreadyRunning, message, hint);
}

function explainOther(cause: unknown, language: Language): CliError {
  const say = texts[language];
  if (!(cause instanceof Error)) return new CliError(exits.failure, `${say.bug}: ${String(cause)}`);
  const because = { cause };
  if (cause instanceof ToldError) {
    const exit = "exitCode" in cause && isExit(cause.exitCode) ? cause.exitCode : exits.failure;
    return new CliError(exit, cause.told[language], undefined, because);
  }
  // Failures of the start know their exit code; their classes come with rooms that most commands never load.
  if ("exitCode" in cause && isExit(cause.exitCode)) {
    const prefix = cause.name === "ConfigError" ? `${say.config}: ` : "";
    const inChinese = language === "zh" && "zh" in cause && typeof cause.zh === "string" ? cause.zh : null;
    return new CliError(cause.exitCode, prefix + (inChinese ?? cause.message), undefined, because);
  }
  const code = "code" in cause ? cause.code : undefined;
  if (code === "EACCES" || code === "EPERM") {
    return new CliError(exits.permission, cause.message, undefined, because);
  }
  const message = typeof code === "string" ? cause.message : `${say.bug}: ${cause.stack ?? cause.message}`;
  return new CliError(exits.failure, message, undefined, because);
}

function isExit(code: unknown): code is Exit {
  return Object.values<unknown>(exits).includes(code);
}
