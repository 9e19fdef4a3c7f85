import { askArgs, withClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import { confirm, yesArg } from "../confirm.ts";
import { UsageError } from "../exit.ts";
import { findSession, nameOf } from "../find-session.ts";
import { sessionTexts } from "../session-texts.ts";
import { sessionArg } from "./sessions.ts";

const longestName = 64;

export const sessionsRename = defineCommand({
  summary: { en: "Give a session a name", zh: "给会话命名" },
  examples: ["moltbot sessions rename main 'Everyday'", "moltbot sessions rename Everyday ''"],
  args: {
    ...sessionArg,
    name: {
      type: "positional",
      required: true,
      summary: { en: "the name; an empty one takes it away", zh: "名称；空名称表示取消" },
    },
    ...askArgs,
  },
  async run({ session, name, ...flags }, terminal) {
    const say = sessionTexts[terminal.language];
    const label = name.trim();
    if (label.length > longestName) throw new UsageError(say.nameTooLong(longestName));
    await withClient(flags, terminal, ["operator.read", "operator.write"], async (client) => {
      const { key } = await findSession(client, session, terminal);
      await client.call("sessions.patch", { key, label: label === "" ? null : label });
      terminal.print(label === "" ? say.unnamed(key) : say.renamed(key, label));
    });
  },
});

export const sessionsReset = defineCommand({
  summary: { en: "Start a session afresh: what was said in it is gone", zh: "重新开始会话：清空其内容" },
  examples: ["moltbot sessions reset main", "moltbot sessions reset main --yes"],
  args: { ...sessionArg, ...yesArg, ...askArgs },
  async run({ session, yes, ...flags }, terminal) {
    const say = sessionTexts[terminal.language];
    await withClient(flags, terminal, ["operator.read", "operator.admin"], async (client) => {
      const row = await findSession(client, session, terminal);
      await confirm(say.askReset(nameOf(row)), yes, terminal);
      await client.call("sessions.reset", { key: row.key });
      terminal.print(say.reset(row.key));
    });
  },
});

export const sessionsDelete = defineCommand({
  summary: { en: "Delete a session and what was said in it", zh: "删除会话及其内容" },
  examples: ["moltbot sessions delete lisbon", "moltbot sessions delete lisbon --yes"],
  args: { ...sessionArg, ...yesArg, ...askArgs },
  async run({ session, yes, ...flags }, terminal) {
    const say = sessionTexts[terminal.language];
    await withClient(flags, terminal, ["operator.read", "operator.write"], async (client) => {
      const row = await findSession(client, session, terminal);
      await confirm(say.askDelete(nameOf(row)), yes, terminal);
      await client.call("sessions.delete", { key: row.key });
      terminal.print(say.deleted(row.key));
    });
  },
});
