import type { Result } from "#protocol";
import type { SessionRow } from "#protocol/domains/sessions.ts";
import { askArgs, jsonArg, withClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { findSession, nameOf } from "../find-session.ts";
import { cut, pad, plain, widest, wrap } from "../layout.ts";
import { wholeNumber } from "../parse.ts";
import { sessionTexts } from "../session-texts.ts";
import { showSpan } from "../span.ts";
import { paintFor, type Terminal } from "../terminal.ts";
import { texts } from "../texts.ts";
import { showMessage } from "../transcript.ts";

/** Which session a command is about. */
export const sessionArg = {
  session: {
    type: "positional",
    required: true,
    summary: {
      en: "its key, the last part of its key, or its name",
      zh: "会话的标识、标识的最后一段或名称",
    },
  },
} as const;

export const sessionsList = defineCommand({
  summary: { en: "List the sessions, the latest first", zh: "列出会话，最近的在前" },
  examples: [
    "moltbot sessions list",
    "moltbot sessions list --search lisbon",
    "moltbot sessions list --limit 200 --json",
  ],
  args: {
    limit: {
      type: "string",
      short: "n",
      hint: "NUMBER",
      summary: { en: "how many at most (50)", zh: "最多显示的数量（50）" },
    },
    search: {
      type: "string",
      short: "s",
      hint: "TEXT",
      summary: {
        en: "only those with this in key, name or title",
        zh: "只列出标识、名称或标题包含该文字的会话",
      },
    },
    ...jsonArg,
    ...askArgs,
  },
  async run({ limit, search, json, ...flags }, terminal) {
    const most = wholeNumber("--limit", limit ?? "50", { min: 1, max: 10_000 }, terminal.language);
    const answer = await withClient(flags, terminal, ["operator.read"], (client) =>
      client.call("sessions.list", {
        limit: most,
        includeDerivedTitles: true,
        ...(search === undefined ? {} : { search }),
      }),
    );
    if (json) terminal.print(JSON.stringify(answer, null, 2));
    else for (const line of showList(answer, search, terminal)) terminal.print(line);
  },
});

export const sessionsShow = defineCommand({
  summary: { en: "Show the last messages of a session", zh: "显示会话最近的消息" },
  examples: [
    "moltbot sessions show main",
    "moltbot sessions show lisbon --limit 50",
    "moltbot sessions show main --json",
  ],
  args: {
    ...sessionArg,
    limit: {
      type: "string",
      short: "n",
      hint: "NUMBER",
      summary: { en: "how many messages (20)", zh: "显示的消息数量（20）" },
    },
    ...jsonArg,
    ...askArgs,
  },
  async run({ session, limit, json, ...flags }, terminal) {
    const most = wholeNumber("--limit", limit ?? "20", { min: 1, max: 1000 }, terminal.language);
    await withClient(flags, terminal, ["operator.read"], async (client) => {
      const row = await findSession(client, session, terminal);
      const history = await client.call("chat.history", { sessionKey: row.key, limit: most });
      terminal.print(json ? JSON.stringify(history, null, 2) : showSession(row, history, terminal));
    });
  },
});

/** Below this there is no room for three columns. */
const narrow = 60;

function showList(
  { sessions, totalCount, ts }: Result<"sessions.list">,
  search: string | undefined,
  terminal: Terminal,
): string[] {
  const say = sessionTexts[terminal.language];
  const paint = paintFor(terminal);
  if (sessions.length === 0) return [search === undefined ? say.none : say.noneFound(search)];
  const rows = sessions.map((session) => ({
    key: plain(session.key),
    when: ageOf(session, ts, terminal),
    title: plain(session.label ?? session.derivedTitle ?? "").replace(/\s+/g, " "),
  }));
  const rest = totalCount - sessions.length;
  const more = rest > 0 ? [paint.dim(say.more(rest, sessions.length))] : [];
  const { columns } = terminal;
  if (columns !== null && columns < narrow) {
    const stacked = rows.flatMap(({ key, when, title }) => [
      cut(title === "" ? key : title, columns),
      paint.dim(cut(`  ${when}${title === "" ? "" : ` · ${key}`}`, columns)),
    ]);
    return [...stacked, ...more];
  }
  const room = columns ?? Number.POSITIVE_INFINITY;
  const keyWidth = Math.min(
    widest(rows.map(({ key }) => key)),
    columns === null ? Number.POSITIVE_INFINITY : Math.floor(columns * 0.45),
  );
  const whenWidth = widest(rows.map(({ when }) => when));
  const lines = rows.map(({ key, when, title }) => {
    const start = `${pad(cut(key, keyWidth), keyWidth)}  ${paint.dim(pad(when, whenWidth))}`;
    return title === "" ? start.trimEnd() : `${start}  ${cut(title, room - keyWidth - whenWidth - 4)}`;
  });
  return [...lines, ...more];
}

function showSession(row: SessionRow, history: Result<"chat.history">, terminal: Terminal): string {
  const say = sessionTexts[terminal.language];
  const paint = paintFor(terminal);
  const { messages, totalMessages, inFlightRun } = history;
  const facts = [
    nameOf(row),
    ageOf(row, Date.now(), terminal),
    say.messages(totalMessages),
    ...(row.model === undefined ? [] : [row.model]),
  ];
  const earlier = totalMessages - messages.length;
  return [
    wrap(facts.join(" · "), terminal.columns ?? Number.POSITIVE_INFINITY)
      .map(paint.bold)
      .join("\n"),
    ...(messages.length === 0 ? [paint.dim(say.noMessages)] : []),
    ...(earlier > 0 ? [paint.dim(say.earlier(earlier))] : []),
    ...messages.map((message) => showMessage(message, terminal)),
    ...(inFlightRun === undefined ? [] : [paint.dim(`${say.agent} ${say.writing}`)]),
  ].join("\n\n");
}

function ageOf({ updatedAt }: SessionRow, now: number, { language }: Terminal): string {
  const say = texts[language];
  return updatedAt === null ? say.never : say.ago(showSpan(now - updatedAt, language));
}
