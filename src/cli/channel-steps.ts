/** A login, step by step, at the terminal. */
import type { Params, Result } from "#protocol";
import type { GatewayClient } from "#src/client/client.ts";
import { channelTexts } from "./channel-texts.ts";
import { UsageError } from "./exit.ts";
import { fold, plain } from "./layout.ts";
import type { Prompter } from "./prompter.ts";
import { showSpan } from "./span.ts";
import { paintFor, type Terminal } from "./terminal.ts";

type Progress = Result<"channels.login.start">;
type Step = Progress["step"];
type Done = Extract<Step, { kind: "done" }>;

/** The gateway answers within its own wait; beyond this it is gone. */
const patience = { timeoutMs: 60_000 };

/** Shows each step and asks what it asks, until the account is logged in; null: nobody is there to be asked. */
export async function loginBySteps(
  client: GatewayClient,
  wanted: Params<"channels.login.start">,
  prompter: Prompter | null,
  terminal: Terminal,
): Promise<{ done: Done; channel: string; accountId: string }> {
  let progress = await orLeft(client.call("channels.login.start", wanted, patience), prompter);
  const { loginId } = progress;
  let hinted = "";
  try {
    for (;;) {
      const { step, channel, accountId, pending } = progress;
      if (!pending) await show(step, terminal);
      if (step.kind === "done") return { done: step, channel, accountId };
      let answer = {};
      if (!pending && step.kind === "ask") {
        const hint = plain(step.hint ?? "");
        if (prompter !== null && hint !== "" && hint !== hinted)
          for (const line of lines(hint, terminal)) terminal.print(paintFor(terminal).dim(line));
        hinted = hint;
        answer = { answer: await ask(step, prompter, terminal) };
      }
      const next = client.call("channels.login.continue", { loginId, ...answer }, patience);
      progress = await orLeft(next, prompter);
    }
  } catch (error) {
    // It may have ended by itself, or with the connection.
    await client.call("channels.login.cancel", { loginId }).catch(() => {});
    throw error;
  }
}

async function orLeft<T>(answer: Promise<T>, prompter: Prompter | null): Promise<T> {
  if (prompter === null) return answer;
  answer.catch(() => {});
  return Promise.race([answer, prompter.left]);
}

async function ask(
  { label, secret }: Extract<Step, { kind: "ask" }>,
  prompter: Prompter | null,
  terminal: Terminal,
): Promise<string> {
  const say = channelTexts[terminal.language];
  if (prompter === null) throw new UsageError(say.asksNobody, say.askTerminal);
  const question = `${plain(label)}: `;
  return secret ? prompter.askHidden(question) : prompter.ask(question);
}

async function show(step: Step, terminal: Terminal): Promise<void> {
  const say = channelTexts[terminal.language];
  const paint = paintFor(terminal);
  const goodFor = (expiresAt: number) =>
    paint.dim(say.until(showSpan(Math.max(expiresAt - Date.now(), 0), terminal.language)));
  switch (step.kind) {
    case "qr": {
      const { qrLines } = await import("./qr.ts");
      for (const line of qrLines(step.payload, terminal.color)) terminal.print(line);
      terminal.print(`${plain(step.text)} · ${goodFor(step.expiresAt)}`);
      return;
    }
    case "code":
      for (const line of lines(plain(step.text), terminal)) terminal.print(line);
      terminal.print(`${paint.bold(say.code(plain(step.code)))} · ${goodFor(step.expiresAt)}`);
      return;
    case "tell":
      for (const line of lines(plain(step.text), terminal)) terminal.complain(paint.yellow(line));
      return;
    case "wait":
      for (const line of lines(plain(step.text), terminal)) terminal.print(line);
      return;
    case "ask":
    case "done":
      return;
  }
}

function lines(text: string, { columns }: Terminal): string[] {
  return fold(text, columns);
}
