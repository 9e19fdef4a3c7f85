import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "./app.ts";
import type { Conversation } from "./conversation.ts";
import { Icon } from "./icons.tsx";
import { lazily } from "./lazily.tsx";
import { roomFor, sizeOf } from "./room.ts";

const IME_KEY_CODE = 229;

const Tray = lazily(async () => (await import("./tray.tsx")).Tray);
const CommandHints = lazily(async () => (await import("./command-hints.tsx")).CommandHints);

/** Takes keys before the message box does; true for one that it has dealt with. */
export type KeyTaker = (event: KeyboardEvent) => boolean;

/** The message box. A run that is being answered puts Stop in the place of Send. */
export function Composer({ conversation }: { conversation: Conversation }): JSX.Element {
  const app = useApp();
  const text = app.language.text.value;
  const { draft } = conversation;
  const box = useRef<HTMLTextAreaElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const keyTaker = useRef<KeyTaker | null>(null);
  const stopping = useSignal(false);
  const activeHint = useSignal<string | undefined>(undefined);
  const active = conversation.active.value;
  const mayWrite = app.may.value.write || app.wire.hello.value === undefined;
  const typed = draft.text.value;
  const pictures = draft.pictures.value;
  const limit = roomFor(app.wire.hello.value?.policy.maxPayload);
  const attachLabel = text.attach(inKiB(limit, Math.floor));
  const hasHints = /^[/／]\S*$/.test(typed) && app.has("commands.list");

  useLayoutEffect(() => {
    if (matchMedia("(hover: hover)").matches) box.current?.focus();
  }, []);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    // An empty box has its height from the stylesheet; measuring it would lay out the page once more.
    element.style.height = typed === "" ? "" : "auto";
    if (typed !== "") element.style.height = `${element.scrollHeight}px`;
  }, [typed]);

  // Whoever edits goes on at the end of what was written.
  const editing = draft.editing.value;
  useLayoutEffect(() => {
    if (!editing) return;
    app.announce(text.editing);
    box.current?.focus();
    box.current?.setSelectionRange(draft.text.value.length, draft.text.value.length);
  }, [editing]);

  function change(next: string) {
    draft.write(next);
    app.note(undefined);
  }

  async function send() {
    // Pictures that are still being made smaller belong to the message.
    await app.attaching.value;
    const message = draft.text.value.trim();
    const imagesNow = () => draft.pictures.value.map(({ image }) => image);
    if (sizeOf(message, imagesNow()) > limit && pictures.length > 0) await app.attach([]);
    const images = imagesNow();
    if ((message === "" && images.length === 0) || !mayWrite) return;
    const size = sizeOf(message, images);
    if (size > limit) {
      app.note(text.tooLong(inKiB(size, Math.ceil), inKiB(limit, Math.floor)));
      return;
    }
    app.note(undefined);
    draft.clear();
    conversation.send({ text: message, images });
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
    // Enter chooses a word while an input method is composing; some browsers tell only by the key code.
    if (event.isComposing || event.keyCode === IME_KEY_CODE) return;
    if (keyTaker.current?.(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void send();
    } else if (event.key === "ArrowUp" && typed === "" && pictures.length === 0 && !editing) {
      event.preventDefault();
      conversation.editLast();
    } else if (event.key === "Escape" && editing) {
      event.preventDefault();
      draft.clear();
    }
  }

  function paste(event: ClipboardEvent) {
    const given = [...(event.clipboardData?.files ?? [])];
    // Programs put a picture of it beside the text that they copy; the text is what is meant.
    if (given.length === 0 || event.clipboardData?.types.includes("text/plain")) return;
    event.preventDefault();
    void app.attach(given);
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {hasHints && (
        <CommandHints
          typed={typed}
          choose={(next) => {
            change(next);
            box.current?.focus();
          }}
          keyTaker={keyTaker}
          active={activeHint}
        />
      )}
      <p class="notice" role="status">
        {app.notice.value ?? (mayWrite ? "" : text.readOnly)}
      </p>
      {editing && (
        <p class="editing">
          <Icon name="pencil" />
          <span>{text.editing}</span>
          <button type="button" class="link" onClick={draft.clear}>
            {text.cancel}
          </button>
        </p>
      )}
      {pictures.length > 0 && <Tray draft={draft} />}
      <div class="box">
        <label class="unseen" for="message">
          {text.message}
        </label>
        <input
          type="file"
          hidden
          multiple
          accept="image/*"
          ref={files}
          onChange={(event) => {
            const chosen = [...(event.currentTarget.files ?? [])];
            event.currentTarget.value = "";
            void app.attach(chosen);
          }}
        />
        <button
          type="button"
          class="quiet"
          aria-label={attachLabel}
          title={attachLabel}
          disabled={!mayWrite}
          onClick={() => files.current?.click()}
        >
          <Icon name="picture" />
        </button>
        <textarea
          id="message"
          ref={box}
          rows={1}
          value={typed}
          placeholder={text.placeholder}
          title={text.keys}
          disabled={!mayWrite}
          enterkeyhint="send"
          aria-autocomplete={hasHints ? "list" : undefined}
          aria-controls={hasHints ? "command-hints" : undefined}
          aria-activedescendant={hasHints ? activeHint.value : undefined}
          onInput={(event) => change(event.currentTarget.value)}
          onKeyDown={keyDown}
          onPaste={paste}
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
            disabled={(typed.trim() === "" && pictures.length === 0) || !mayWrite}
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
