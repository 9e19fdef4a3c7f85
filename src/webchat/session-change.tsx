import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useApp } from "./app.ts";
import { Icon } from "./icons.tsx";
import type { LanguageName, Translation } from "./language.ts";
import style from "./session-change.css" with { type: "text" };
import type { EntryMode } from "./session-list.tsx";
import { wear } from "./wear.ts";

const en = {
  renameLabel: "Name of this chat",
  deleteQuestion: "Delete this chat?",
  delete: "Delete",
  keep: "Keep",
  save: "Save",
  cancel: "Cancel",
};

const zh: Translation<typeof en> = {
  renameLabel: "会话名称",
  deleteQuestion: "删除这个会话？",
  delete: "删除",
  keep: "保留",
  save: "保存",
  cancel: "取消",
};

const changeTexts: Record<LanguageName, Translation<typeof en>> = { en, zh };

interface SessionChangeProps {
  title: string;
  mode: Signal<EntryMode>;
  rename(label: string): void;
  remove(): void;
}

/** A chat in the list while it is named, or while its deletion waits to be confirmed. */
export function SessionChange({ title, mode, rename, remove }: SessionChangeProps): JSX.Element {
  const text = changeTexts[useApp().language.name.value];
  useLayoutEffect(() => wear(style), []);
  const leave = () => {
    mode.value = "plain";
  };
  if (mode.value === "rename") {
    return (
      <li class="chat">
        <Rename title={title} save={rename} cancel={leave} />
      </li>
    );
  }
  return (
    <li class="chat asking">
      <p>{text.deleteQuestion}</p>
      <FocusedButton label={text.keep} act={leave} />
      <button type="button" class="danger" onClick={remove}>
        {text.delete}
      </button>
    </li>
  );
}

interface RenameProps {
  title: string;
  save(label: string): void;
  cancel(): void;
}

function Rename({ title, save, cancel }: RenameProps): JSX.Element {
  const text = changeTexts[useApp().language.name.value];
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  return (
    <form
      class="rename"
      onSubmit={(event) => {
        event.preventDefault();
        save(field.current?.value.trim() ?? "");
      }}
    >
      <input
        ref={field}
        defaultValue={title}
        maxLength={64}
        aria-label={text.renameLabel}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || event.isComposing) return;
          event.preventDefault();
          cancel();
        }}
      />
      <button type="submit" class="quiet" aria-label={text.save} title={text.save}>
        <Icon name="check" />
      </button>
      <button type="button" class="quiet" aria-label={text.cancel} title={text.cancel} onClick={cancel}>
        <Icon name="close" />
      </button>
    </form>
  );
}

/** Has the focus from the start, so that the keyboard goes on where it was. */
function FocusedButton({ label, act }: { label: string; act: () => void }): JSX.Element {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  return (
    <button type="button" ref={button} onClick={act}>
      {label}
    </button>
  );
}
