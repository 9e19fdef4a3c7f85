import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { MethodName } from "#protocol";
import type { SessionDefaults } from "#protocol/domains/connect.ts";
import { canonicalKey, messageIn, pageOf, sessionIn } from "./address.ts";
import { type Conversation, createConversation } from "./conversation.ts";
import type { Draft } from "./draft.ts";
import type { Language } from "./language.ts";
import { roomFor } from "./room.ts";
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
  readonly may: ReadonlySignal<{ read: boolean; write: boolean; administer: boolean }>;
  /** The message that the address leads to; a new object each time that somebody goes there. */
  readonly sought: ReadonlySignal<{ id: string } | undefined>;
  /** The first messages are on screen; what a reader does not need at once is drawn from then on. */
  readonly painted: Signal<boolean>;
  /** The field that searches in the chat is open. */
  readonly searching: Signal<boolean>;
  /** The accounts on messaging apps are shown. */
  readonly showsChannels: Signal<boolean>;
  /** Settles when every picture that was attached is ready to be sent. */
  readonly attaching: ReadonlySignal<Promise<void> | undefined>;
  /** A sentence for whoever does not see the screen. */
  readonly announcement: ReadonlySignal<string>;
  /** A passing remark above the message box. */
  readonly notice: ReadonlySignal<string | undefined>;
  announce(sentence: string): void;
  note(sentence: string | undefined): void;
  /** Whether the gateway has a method. */
  has(method: MethodName): boolean;
  /** Puts pictures into the message box; without any, makes those in it fit beside its text. */
  attach(files: readonly File[]): Promise<void>;
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
  const sought = signal<{ id: string } | undefined>();
  const attaching = signal<Promise<void> | undefined>();
  const conversations = new Map<string, Conversation>();
  const conversation = computed(() =>
    current.value === undefined ? undefined : conversationOf(current.value),
  );

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
    const { notice } = reply.message;
    const said = text.said(who, textOf(reply.message));
    return notice === undefined ? said : `${said} ${notice}`;
  }

  function conversationOf(key: string): Conversation {
    let conversation = conversations.get(key);
    if (conversation === undefined) {
      conversation = createConversation(wire, key, {
        ended: (reply) => ended(key, reply),
        stopWord: (stopped) => {
          notice.value = stopped ? undefined : language.text.value.nothingToStop;
        },
        notKept: () => {
          notice.value = language.text.value.notKept;
        },
      });
      conversations.set(key, conversation);
    }
    return conversation;
  }

  function show(key: string) {
    sessions.mark(key, false);
    if (current.value === key) return;
    notice.value = undefined;
    current.value = key;
    if (wire.phase.value.is === "open") void conversationOf(key).resync();
  }

  function follow() {
    const known = defaults.value;
    if (known === undefined) return;
    const named = sessionIn(base, location);
    show(named === null ? known.mainSessionKey : canonicalKey(named, known));
    const id = messageIn(location.hash);
    sought.value = id === null ? undefined : { id };
  }

  function open(key: string) {
    const isMain = key === defaults.value?.mainSessionKey;
    history.pushState(null, "", pageOf(base, isMain ? null : key));
    sought.value = undefined;
    show(key);
  }

  async function attach(draft: Draft | undefined, files: readonly File[]): Promise<void> {
    const text = language.text.value;
    if (draft === undefined) return;
    if (files.length > 0) notice.value = text.preparing;
    const loaded = await import("./pictures.ts").catch(() => undefined);
    if (loaded === undefined) {
      notice.value = text.partMissing;
      return;
    }
    const room = roomFor(wire.hello.value?.policy.maxPayload);
    try {
      notice.value = await loaded.addPictures(draft, files, room, language);
    } catch (error) {
      notice.value = text.chatChangeFailed(error instanceof Error ? error.message : String(error));
    }
  }

  wire.listen({
    open(hello) {
      defaults.value = hello.snapshot.sessionDefaults;
      if (current.value === undefined) follow();
      else {
        for (const each of conversations.values()) {
          if (each.key === current.value || each.active.value) void each.resync();
        }
      }
      void sessions.refresh();
    },
    event(event) {
      if (defaults.value === undefined) return;
      if (event.event === "agent") {
        const { sessionKey } = event.payload;
        if (sessionKey !== undefined)
          conversations.get(canonicalKey(sessionKey, defaults.value))?.hearAgent(event.payload);
      }
      if (event.event !== "chat") return;
      const key = canonicalKey(event.payload.sessionKey, defaults.value);
      const known = conversations.get(key);
      if (known !== undefined) known.hear(event.payload);
      else if (event.payload.state !== "delta") {
        sessions.mark(key, true);
        void sessions.refresh();
      }
    },
    gap() {
      for (const each of conversations.values()) void each.resync();
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
    conversation,
    isMain,
    title: computed(() => {
      const row = sessions.list.value.find(({ key }) => key === current.value);
      const text = language.text.value;
      return titleOf(row, isMain.value) ?? (isMain.value ? text.mainChat : text.untitledChat);
    }),
    may: computed(() => {
      const scopes = new Set(wire.hello.value?.auth.scopes ?? []);
      const administer = scopes.has("operator.admin");
      const write = administer || scopes.has("operator.write");
      return { administer, write, read: write || scopes.has("operator.read") };
    }),
    sought,
    painted: signal(false),
    searching: signal(false),
    showsChannels: signal(false),
    attaching,
    announcement,
    notice,
    announce,
    note(sentence) {
      notice.value = sentence;
    },
    has: (method) => wire.hello.value?.features.methods.includes(method) === true,
    attach(files) {
      const draft = conversation.value?.draft;
      // One after the other, since each makes all of them fit.
      const work = (attaching.value ?? Promise.resolve()).then(() => attach(draft, files));
      attaching.value = work;
      return work.finally(() => {
        if (attaching.value === work) attaching.value = undefined;
      });
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
