import { type AskFlags, askArgs, openClient } from "../ask.ts";
import { defineCommand } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { texts } from "../texts.ts";

export const chat = defineCommand({
  summary: { en: "Talk to the agent in this terminal", zh: "在终端中与智能体聊天" },
  examples: ["moltbot chat", "moltbot chat --session work", "echo 'what is up?' | moltbot chat"],
  args: {
    session: {
      type: "string",
      short: "s",
      hint: "KEY",
      summary: { en: "which conversation (main)", zh: "会话（main）" },
    },
    ...askArgs,
  },
  async run({ session, ...flags }, terminal) {
    const { createConversation } = await import("../conversation.ts");
    const { createReconnectPolicy } = await import("#src/client/reconnect.ts");
    const { converse } = await import("../chat-screen.ts");
    const say = texts[terminal.language];
    let onText: (text: string, runtime: string | undefined) => void = () => {};
    await using conversation = createConversation({
      sessionKey: session ?? "main",
      connect: () => connect(flags, terminal),
      policy: createReconnectPolicy(),
      sleep: Bun.sleep,
      onText: (text, runtime) => onText(text, runtime),
      onConnection: (state) => terminal.complain(state === "lost" ? say.reconnecting : say.reconnected),
    });
    return await converse(conversation, session ?? "main", terminal, (listener) => {
      onText = listener;
    });
  },
});

/** Everything that a person may do: owner commands such as /new go through the chat, too. */
async function connect(flags: AskFlags, terminal: Terminal) {
  const { scopes } = await import("#protocol/access.ts");
  return await openClient(flags, terminal, { scopes });
}
