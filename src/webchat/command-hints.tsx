import { type Signal, useSignal } from "@preact/signals";
import type { JSX, RefObject } from "preact";
import { useEffect, useLayoutEffect } from "preact/hooks";
import type { CommandEntry } from "#protocol/domains/commands.ts";
import { useApp } from "./app.ts";
import style from "./command-hints.css" with { type: "text" };
import type { KeyTaker } from "./composer.tsx";
import type { LanguageName, Translation } from "./language.ts";
import { wear } from "./wear.ts";

const en = { list: "Commands", count: (n: number) => (n === 1 ? "1 command" : `${n} commands`) };
const zh: Translation<typeof en> = { list: "命令", count: (n) => `${n} 个命令` };
const texts: Record<LanguageName, Translation<typeof en>> = { en, zh };

interface CommandHintsProps {
  /** What stands in the message box: a slash and the beginning of a name. */
  typed: string;
  choose(text: string): void;
  keyTaker: RefObject<KeyTaker | null>;
  /** The id of the hint that the arrow keys have reached. */
  active: Signal<string | undefined>;
}

/** The commands that begin like what is typed. */
export function CommandHints({ typed, choose, keyTaker, active }: CommandHintsProps): JSX.Element | null {
  const app = useApp();
  const language = app.language.name.value;
  const text = texts[language];
  const commands = useSignal<readonly CommandEntry[]>([]);
  const closed = useSignal(false);
  const place = useSignal(0);
  const hello = app.wire.hello.value;

  useLayoutEffect(() => wear(style), []);
  useEffect(() => {
    app.wire.call("commands.list", { scope: "text" }).then(
      (answer) => {
        commands.value = answer.commands;
      },
      // Whoever knows a command can type it without hints.
      () => {},
    );
  }, [hello]);

  const begun = typed.slice(1).toLowerCase();
  const fitting = commands.value.filter(({ name }) => name.toLowerCase().startsWith(begun));
  const isTyped = fitting.length === 1 && fitting[0]?.name.toLowerCase() === begun;
  const shown = closed.value || isTyped ? [] : fitting;
  const now = Math.min(place.value, shown.length - 1);
  const activeId = now < 0 ? undefined : `command-${shown[now]?.name}`;

  function take({ name, acceptsArgs }: CommandEntry) {
    choose(`/${name}${acceptsArgs ? " " : ""}`);
  }

  useLayoutEffect(() => {
    active.value = activeId;
    if (activeId !== undefined) document.getElementById(activeId)?.scrollIntoView({ block: "nearest" });
  }, [activeId]);
  useLayoutEffect(() => {
    keyTaker.current = ({ key, shiftKey }) => {
      const chosen = shown[now];
      if (chosen === undefined) return false;
      if (key === "ArrowDown") place.value = (now + 1) % shown.length;
      else if (key === "ArrowUp") place.value = (now + shown.length - 1) % shown.length;
      else if (key === "Escape") closed.value = true;
      // Enter after a whole name sends it.
      else if (key === "Tab" ? !shiftKey : key === "Enter" && chosen.name.toLowerCase() !== begun)
        take(chosen);
      else return false;
      return true;
    };
  });
  useLayoutEffect(
    () => () => {
      keyTaker.current = null;
      active.value = undefined;
    },
    [],
  );

  useEffect(() => {
    place.value = 0;
    if (shown.length > 0) app.announce(text.count(shown.length));
  }, [begun, shown.length]);

  if (shown.length === 0) return null;
  return (
    <div class="hints" role="listbox" id="command-hints" aria-label={text.list}>
      {shown.map((command) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are taken in the message box
        // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the message box
        <div
          key={command.name}
          id={`command-${command.name}`}
          role="option"
          aria-selected={command === shown[now]}
          onClick={() => take(command)}
          onPointerDown={(event) => event.preventDefault()}
        >
          <code>/{command.name}</code>
          <span>{command.descriptions[language]}</span>
        </div>
      ))}
    </div>
  );
}
