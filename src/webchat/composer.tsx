import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "./app.ts";
import type { Conversation } from "./conversation.ts";
import { draft, keepDraft } from "./drafts.ts";
import { Icon } from "./icons.tsx";

/** What a request needs around the message itself. */
const ENVELOPE_BYTES = 2_048;
const IME_KEY_CODE = 229;

/** The message box. A run that is being answered puts Stop in the place of Send. */
export function Composer({ conversation }: { conversation: Conversation }): JSX.Element {
  const app = useApp();
  const text = app.language.text.value;
  const typed = useSignal(draft(conversation.key));
  const box = useRef<HTMLTextAreaElement>(null);
  const stopping = useSignal(false);
  const active = conversation.active.value;
  const mayWrite = app.may.value.write || app.wire.hello.value === undefined;

  useLayoutEffect(() => {
    if (matchMedia("(hover: hover)").matches) box.current?.focus();
  }, []);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [typed.value]);

  function change(next: string) {
    typed.value = next;
    keepDraft(conversation.key, next);
    app.note(undefined);
  }

  function send() {
    const message = typed.value.trim();
    if (message === "" || !mayWrite) return;
    const limit = (app.wire.hello.value?.policy.maxPayload ?? Number.POSITIVE_INFINITY) - ENVELOPE_BYTES;
    const size = new TextEncoder().encode(JSON.stringify(message)).length;
    if (size > limit) {
      app.note(text.tooLong(inKiB(size, Math.ceil), inKiB(limit, Math.floor)));
      return;
    }
    change("");
    conversation.send(message);
  }

  async function stop() {
    stopping.value = true;
    try {
      await conversation.stop();
    } catch (error) {
      app.note(text.chatChangeFailed(error instanceof Error ? error.message : String(error)));
    } finally {
      stopping.value = false;
    }
  }

  function keyDown(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey) return;
    // Enter chooses a word while an input method is composing; some browsers tell only by the key code.
    if (event.isComposing || event.keyCode === IME_KEY_CODE) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <p class="notice" role="status">
        {app.notice.value ?? (mayWrite ? "" : text.readOnly)}
      </p>
      <div class="box">
        <label class="unseen" for="message">
          {text.message}
        </label>
        <textarea
          id="message"
          ref={box}
          rows={1}
          value={typed.value}
          placeholder={text.placeholder}
          title={text.keys}
          disabled={!mayWrite}
          enterkeyhint="send"
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={keyDown}
        />
        {active ? (
          <button
            type="button"
            class="round stop"
            aria-label={text.stop}
            title={text.stop}
            disabled={stopping.value}
            onClick={stop}
          >
            <Icon name="stop" />
          </button>
        ) : (
          <button
            type="submit"
            class="round send"
            aria-label={text.send}
            title={text.send}
            disabled={typed.value.trim() === "" || !mayWrite}
          >
            <Icon name="send" />
          </button>
        )}
      </div>
    </form>
  );
}

function inKiB(bytes: number, round: (kib: number) => number): string {
  return `${round(bytes / 1024)} KiB`;
}
