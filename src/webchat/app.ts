import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { SessionDefaults } from "#protocol/domains/connect.ts";
import { canonicalKey, pageOf, sessionIn } from "./address.ts";
import { type Conversation, createConversation } from "./conversation.ts";
import type { Language } from "./language.ts";
import { type Reply, textOf } from "./rows.ts";
import type { SecretKeeper } from "./secret.ts";
import { createSessions, type Sessions, titleOf } from "./sessions.ts";
import type { Theme } from "./theme.ts";
import type { Wire } from "./wire.ts";

/** Everything that the parts of the page share. */
export interface App {
  readonly wire: Wire;
  readonly language: Language;
  readonly theme: Theme;
  readonly secret: SecretKeeper;
  readonly sessions: Sessions;
  /** The address of the page and of the gateway. */
  readonly base: URL;
  /** The key of the chat on screen; absent until the gateway has said which is the main one. */
  readonly current: ReadonlySignal<string | undefined>;
  readonly conversation: ReadonlySignal<Conversation | undefined>;
  readonly isMain: ReadonlySignal<boolean>;
  readonly title: ReadonlySignal<string>;
  /** What was granted when connecting. */
  readonly may: ReadonlySignal<{ read: boolean; write: boolean }>;
  /** A sentence for whoever does not see the screen. */
  readonly announcement: ReadonlySignal<string>;
  /** A passing remark above the message box. */
  readonly notice: ReadonlySignal<string | undefined>;
  announce(sentence: string): void;
  note(sentence: string | undefined): void;
  open(sessionKey: string): void;
  openNew(): void;
  remove(sessionKey: string): Promise<void>;
  /** The address in the bar has changed: back or forward was pressed. */
  follow(): void;
}

export interface AppParts {
  wire: Wire;
  language: Language;
  theme: Theme;
  secret: SecretKeeper;
  base: URL;
}

export function createApp({ wire, language, theme, secret, base }: AppParts): App {
  const sessions = createSessions(wire);
  const current = signal<string | undefined>();
  const defaults = signal<SessionDefaults | undefined>();
  const announcement = signal("");
  const notice = signal<string | undefined>();
  const conversations = new Map<string, Conversation>();

  function announce(sentence: string) {
    announcement.value = sentence;
  }

  function ended(key: string, reply: Reply) {
    void sessions.refresh();
    if (key !== current.value || document.hidden) sessions.mark(key, true);
    if (key === current.value) announce(spoken(reply));
  }

  function spoken(reply: Reply): string {
    const text = language.text.value;
    if (reply.is === "failed") return `${text.runFailed}. ${reply.sentence}`;
    if (reply.is === "stopped") return text.stopped;
    if (reply.is !== "done" || reply.message === undefined) return "";
    const who = reply.message.runtime === "concierge" ? text.helper : text.assistant;
    return text.said(who, textOf(reply.message));
  }

  function conversationOf(key: string): Conversation {
    let conversation = conversations.get(key);
    if (conversation === undefined) {
      conversation = createConversation(wire, key, {
        ended: (reply) => ended(key, reply),
        stopWord: (stopped) => {
          notice.value = stopped ? undefined : language.text.value.nothingToStop;
        },
      });
      conversations.set(key, conversation);
    }
    return conversation;
  }

  function show(key: string) {
    if (current.value !== key) notice.value = undefined;
    current.value = key;
    sessions.mark(key, false);
    if (wire.phase.value.is === "open") void conversationOf(key).resync();
  }

  function follow() {
    const known = defaults.value;
    if (known === undefined) return;
    const named = sessionIn(base, location.pathname);
    show(named === null ? known.mainSessionKey : canonicalKey(named, known));
  }

  function open(key: string) {
    const isMain = key === defaults.value?.mainSessionKey;
    history.pushState(null, "", pageOf(base, isMain ? null : key));
    show(key);
  }

  wire.listen({
    open(hello) {
      defaults.value = hello.snapshot.sessionDefaults;
      if (current.value === undefined) follow();
      else {
        for (const conversation of conversations.values()) {
          if (conversation.key === current.value || conversation.active.value) void conversation.resync();
        }
      }
      void sessions.refresh();
    },
    event(event) {
      if (event.event !== "chat" || defaults.value === undefined) return;
      const key = canonicalKey(event.payload.sessionKey, defaults.value);
      const conversation = conversations.get(key);
      if (conversation !== undefined) conversation.hear(event.payload);
      else if (event.payload.state !== "delta") {
        sessions.mark(key, true);
        void sessions.refresh();
      }
    },
    gap() {
      for (const conversation of conversations.values()) void conversation.resync();
      void sessions.refresh();
    },
  });

  const isMain = computed(
    () => current.value !== undefined && current.value === defaults.value?.mainSessionKey,
  );

  return {
    wire,
    language,
    theme,
    secret,
    sessions,
    base,
    current,
    conversation: computed(() => (current.value === undefined ? undefined : conversationOf(current.value))),
    isMain,
    title: computed(() => {
      const row = sessions.list.value.find(({ key }) => key === current.value);
      const text = language.text.value;
      return titleOf(row, isMain.value) ?? (isMain.value ? text.mainChat : text.untitledChat);
    }),
    may: computed(() => {
      const scopes = new Set(wire.hello.value?.auth.scopes ?? []);
      const write = scopes.has("operator.write") || scopes.has("operator.admin");
      return { write, read: write || scopes.has("operator.read") };
    }),
    announcement,
    notice,
    announce,
    note(sentence) {
      notice.value = sentence;
    },
    open,
    openNew() {
      const agentId = defaults.value?.defaultAgentId ?? "main";
      open(`agent:${agentId}:chat-${crypto.randomUUID().slice(0, 8)}`);
    },
    async remove(key) {
      await sessions.remove(key);
      conversations.delete(key);
      if (key === current.value && defaults.value) open(defaults.value.mainSessionKey);
    },
    follow,
  };
}

const AppContext = createContext<App | undefined>(undefined);

export const AppProvider = AppContext.Provider;

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error("this part of the page is outside AppProvider");
  return app;
}
