import type { SessionRow } from "#protocol/domains/sessions.ts";
import type { GatewayClient } from "#src/client/client.ts";
import { suggest } from "#src/config/suggest.ts";
import { CliError, exits } from "./exit.ts";
import { plain } from "./layout.ts";
import { sessionTexts } from "./session-texts.ts";
import type { Terminal } from "./terminal.ts";
import { texts } from "./texts.ts";

/** The session that a person means: by its key, by the last part of it as in `main`, or by its name. */
export async function findSession(
  client: GatewayClient,
  asked: string,
  terminal: Terminal,
): Promise<SessionRow> {
  const { defaultAgentId, mainKey, mainSessionKey } = client.hello.snapshot.sessionDefaults;
  const lower = asked.toLowerCase();
  const keys = [
    lower,
    `agent:${defaultAgentId}:${lower}`,
    ...(lower === "main" || lower === mainKey ? [mainSessionKey] : []),
  ];
  const all = { includeDerivedTitles: true, includeUnknown: true, limit: 1000 };
  const near = await client.call("sessions.list", { ...all, search: lower });
  const found =
    near.sessions.find(({ key }) => keys.includes(key)) ??
    near.sessions.find(({ label }) => label === asked) ??
    // A main session may have a key in which the word does not occur.
    (keys.includes(mainSessionKey)
      ? (await client.call("sessions.list", { ...all, search: mainSessionKey })).sessions[0]
      : undefined);
  if (found !== undefined) return found;
  const say = texts[terminal.language];
  const { sessions } = await client.call("sessions.list", all);
  const names = sessions.flatMap(({ key, label }) => [key, key.split(":").at(-1) ?? key, label ?? key]);
  const meant = suggest(asked, names);
  throw new CliError(
    exits.failure,
    sessionTexts[terminal.language].unknown(asked),
    meant === undefined ? sessionTexts[terminal.language].seeList : say.didYouMean(meant),
  );
}

/** What a person reads of a session: its name where it has one. */
export function nameOf(session: SessionRow): string {
  const name = session.label ?? session.derivedTitle;
  return plain(name === undefined || name === "" ? session.key : `"${name}" (${session.key})`);
}
