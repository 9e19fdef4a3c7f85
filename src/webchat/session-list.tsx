import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { canonicalKey, pageOf } from "./address.ts";
import { useApp } from "./app.ts";
import { Icon } from "./icons.tsx";
import { lazily } from "./lazily.tsx";
import { titleOf } from "./sessions.ts";

/** How a chat stands in the list: to be opened, to be named, or to be deleted once that is confirmed. */
export type EntryMode = "plain" | "rename" | "delete";

const SessionChange = lazily(async () => (await import("./session-change.tsx")).SessionChange);

/** The chats, to open, name and delete. */
export function SessionList({ opened }: { opened: () => void }): JSX.Element {
  const app = useApp();
  const text = app.language.text.value;
  const mainKey = app.wire.hello.value?.snapshot.sessionDefaults.mainSessionKey;
  const listed = app.sessions.list.value;
  const current = app.current.value;
  const keys = listed.map(({ key }) => key);
  // The main chat is always there, and a new one before its first message.
  for (const key of [current, mainKey]) if (key !== undefined && !keys.includes(key)) keys.unshift(key);

  return (
    <nav class="chats" aria-label={text.chats}>
      <div class="chats-head">
        <h2>{text.chats}</h2>
        <button
          type="button"
          class="quiet"
          aria-label={text.newChat}
          title={text.newChat}
          onClick={() => {
            app.openNew();
            opened();
          }}
        >
          <Icon name="plus" />
        </button>
      </div>
      {app.sessions.failure.value !== undefined && (
        <p class="failed">{text.chatsFailed(app.sessions.failure.value)}</p>
      )}
      <ul>
        {keys.map((key) => {
          const row = listed.find((each) => each.key === key);
          const fallback = key === mainKey ? text.mainChat : text.untitledChat;
          return (
            <Entry
              key={key}
              sessionKey={key}
              title={titleOf(row, key === mainKey) ?? fallback}
              isMain={key === mainKey}
              isSaved={row !== undefined}
              opened={opened}
            />
          );
        })}
      </ul>
    </nav>
  );
}

interface EntryProps {
  sessionKey: string;
  title: string;
  isMain: boolean;
  isSaved: boolean;
  opened: () => void;
}

function Entry({ sessionKey, title, isMain, isSaved, opened }: EntryProps): JSX.Element {
  const app = useApp();
  const text = app.language.text.value;
  const mode = useSignal<EntryMode>("plain");
  const defaults = app.wire.hello.value?.snapshot.sessionDefaults;
  const isCurrent = defaults !== undefined && app.current.value === canonicalKey(sessionKey, defaults);
  const isUnread = app.sessions.unread.value.has(sessionKey);
  const mayChange = app.may.value.write && isSaved;

  async function attempt(action: () => Promise<void>) {
    mode.value = "plain";
    try {
      await action();
    } catch (error) {
      app.note(text.chatChangeFailed(error instanceof Error ? error.message : String(error)));
    }
  }

  if (mode.value !== "plain") {
    return (
      <SessionChange
        title={title}
        mode={mode}
        rename={(label) => attempt(() => app.sessions.rename(sessionKey, label))}
        remove={() => attempt(() => app.remove(sessionKey))}
      />
    );
  }
  return (
    <li class={isCurrent ? "chat current" : "chat"}>
      <a
        href={pageOf(app.base, isMain ? null : sessionKey)}
        aria-current={isCurrent ? "page" : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
          event.preventDefault();
          app.open(sessionKey);
          opened();
        }}
      >
        <span class="chat-title">{title}</span>
        {isUnread && (
          <span class="unread">
            <span class="unseen">{text.unread}</span>
          </span>
        )}
      </a>
      {mayChange && (
        <span class="chat-tools">
          <button
            type="button"
            class="quiet"
            aria-label={text.renameChat(title)}
            title={text.rename}
            onClick={() => {
              mode.value = "rename";
            }}
          >
            <Icon name="pencil" />
          </button>
          {!isMain && (
            <button
              type="button"
              class="quiet"
              aria-label={text.deleteChat(title)}
              title={text.delete}
              onClick={() => {
                mode.value = "delete";
              }}
            >
              <Icon name="bin" />
            </button>
          )}
        </span>
      )}
    </li>
  );
}
