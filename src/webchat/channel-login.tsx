import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Result } from "#protocol";
import type { ChannelLoginStep } from "#protocol/domains/channels.ts";
import { useApp } from "./app.ts";
import { Shown } from "./channel-shown.tsx";
import { channelTexts } from "./channel-texts.ts";
import { LinkedText } from "./linked-text.tsx";

/** Which account somebody wants to log in, and how it is called on the page. */
export interface LoginWanted {
  channel: string;
  accountId?: string;
  flow?: string;
  name: string;
}

interface ChannelLoginProps {
  wanted: LoginWanted;
  /** Logged in; the sentence says what is next. */
  done(sentence: string): void;
  leave(): void;
}

type Progress = Result<"channels.login.start">;
type Ask = Extract<ChannelLoginStep, { kind: "ask" }>;
type ShownStep = Extract<ChannelLoginStep, { kind: "qr" | "code" }>;

/** What is on screen of a login: the newest of each kind, since a code stays good while it is waited for. */
interface Scene {
  shown?: ShownStep;
  told?: string;
  waits?: string;
  ask?: Ask;
}

/** A login, step by step as the gateway gives them. Going away ends it, and nothing is changed by it. */
export function ChannelLogin({ wanted, done, leave }: ChannelLoginProps): JSX.Element {
  const app = useApp();
  const text = channelTexts[app.language.name.value];
  const scene = useSignal<Scene>({});
  const flow = useSignal(wanted.flow);
  const flows = useSignal<Progress["flows"]>([]);
  const failure = useSignal<string | undefined>(undefined);
  const attempt = useSignal(0);
  /** Takes the answer to what is asked. */
  const answered = useRef<((answer: string) => void) | undefined>(undefined);

  useEffect(() => {
    let isLeft = false;
    let loginId: string | undefined;

    async function goThrough() {
      const { channel, accountId } = wanted;
      let progress = await app.wire.call("channels.login.start", {
        channel,
        ...(accountId !== undefined && { accountId }),
        ...(flow.value !== undefined && { flow: flow.value }),
      });
      loginId = progress.loginId;
      flows.value = progress.flows.filter(({ id }) => id !== progress.flow);
      for (;;) {
        if (isLeft) return cancel();
        const { step, pending } = progress;
        if (!pending) scene.value = after(scene.peek(), step);
        if (step.kind === "done") return finish(step);
        const answer = !pending && step.kind === "ask" ? await nextAnswer() : undefined;
        progress = await app.wire.call("channels.login.continue", {
          loginId,
          ...(answer !== undefined && { answer }),
        });
      }
    }

    function nextAnswer(): Promise<string> {
      return new Promise((resolve) => {
        answered.current = resolve;
      });
    }

    function cancel() {
      // It may have ended by itself, or with the connection.
      if (loginId !== undefined) app.wire.call("channels.login.cancel", { loginId }).catch(() => {});
    }

    function finish({ as, next, keyIn, applied }: Extract<ChannelLoginStep, { kind: "done" }>) {
      const name = `${wanted.name} (${as})`;
      const sentences = [applied ? text.isSetUp(name) : text.afterRestart(name), next];
      done([...sentences, keyIn === null ? undefined : text.keyIn[keyIn]].filter(Boolean).join(" "));
    }

    scene.value = {};
    failure.value = undefined;
    goThrough().catch((error: unknown) => {
      if (!isLeft) failure.value = error instanceof Error ? error.message : String(error);
    });
    return () => {
      isLeft = true;
      cancel();
    };
  }, [attempt.value]);

  function again(otherFlow: string | undefined) {
    flow.value = otherFlow;
    attempt.value += 1;
  }

  const { shown, told, waits, ask } = scene.value;
  const isOver = failure.value !== undefined;
  return (
    <section class="login" aria-labelledby="login-title">
      <h3 id="login-title">{text.loggingIn(wanted.name)}</h3>
      {shown !== undefined && !isOver && <Shown step={shown} />}
      <div role="status">
        {told !== undefined && <p class="failed">{told}</p>}
        {isOver && <p class="failed">{text.failed(failure.value ?? "")}</p>}
        {!isOver && ask === undefined && <p>{waits ?? text.starting}</p>}
      </div>
      {ask !== undefined && !isOver && (
        <Question
          ask={ask}
          answer={(value) => {
            const { told: _, ask: __, ...rest } = scene.value;
            scene.value = rest;
            answered.current?.(value);
          }}
        />
      )}
      <div class="ways">
        {isOver && (
          <button type="button" class="primary" onClick={() => again(flow.value)}>
            {text.startAgain}
          </button>
        )}
        {flows.value.map(({ id, label }) => (
          <button key={id} type="button" onClick={() => again(id)}>
            {text.otherWay(label)}
          </button>
        ))}
        <button type="button" onClick={leave}>
          {text.cancel}
        </button>
      </div>
    </section>
  );
}

function after(scene: Scene, step: ChannelLoginStep): Scene {
  const { shown, told } = scene;
  if (step.kind === "qr" || step.kind === "code") return { shown: step };
  if (step.kind === "tell") return { ...(shown && { shown }), told: step.text };
  if (step.kind === "ask") return { ...(told !== undefined && { told }), ask: step };
  if (step.kind === "wait") return { ...(shown && { shown }), waits: step.text };
  return scene;
}

function Question({ ask, answer }: { ask: Ask; answer(value: string): void }): JSX.Element {
  const text = channelTexts[useApp().language.name.value];
  const field = useRef<HTMLInputElement>(null);
  // Neither the browser nor a program in it is to keep it.
  const kind = ask.secret
    ? ({ type: "password", autocomplete: "new-password" } as const)
    : { autocomplete: "off" };
  useEffect(() => field.current?.focus(), [ask]);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const value = field.current?.value.trim() ?? "";
        if (value !== "") answer(value);
      }}
    >
      <label>
        {ask.label}
        <input
          ref={field}
          {...kind}
          spellcheck={false}
          required
          maxLength={8_192}
          aria-describedby={ask.hint === undefined ? undefined : "login-hint"}
        />
      </label>
      {ask.hint !== undefined && (
        <p class="hint" id="login-hint">
          <LinkedText text={ask.hint} />
        </p>
      )}
      <div class="ways">
        <button type="submit" class="primary">
          {text.goOn}
        </button>
      </div>
    </form>
  );
}
