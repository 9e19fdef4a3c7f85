import { effect } from "@preact/signals";
import { type Conversation, createConversation } from "#src/webchat/conversation.ts";
import { textOf } from "#src/webchat/rows.ts";
import { createWire, type Phase, type Wire } from "#src/webchat/wire.ts";
import { openLink } from "../fakes/link.ts";
import { createWatch } from "../fakes/watch.ts";
import type { Person, PersonOptions } from "./person.ts";

const key = "agent:main:main";

/** Somebody at the chat page: its own code, without a window; what is said of the connection is what it shows. */
export async function personAtThePage({ wrong }: PersonOptions = {}): Promise<Person> {
  const link = await openLink();
  let token: string | null = null;
  let page: { wire: Wire; conversation: Conversation; close(): void } | null = null;
  let last: { runId: string; text: string } | null = null;
  const answers = () => (page === null ? [] : answersOn(page.conversation));
  const standing = () => (page === null ? null : standingOf(page.wire.phase.value));
  const watch = createWatch(() => ({ standing: standing(), answers: answers() }));

  function open() {
    // A page without a window is drawn whenever there is time.
    globalThis.requestAnimationFrame ??= (draw) => Number(setTimeout(() => draw(performance.now()), 0));
    const wire = createWire({
      url: `ws://127.0.0.1:${link.port}/`,
      introduce: () => ({
        client: { id: "webchat-ui", version: "1.0.0", platform: "web", mode: "webchat" },
        ...(token === null ? {} : { auth: { token } }),
        locale: "en",
      }),
      secretRefused: () => true,
      secretReplaced: (next) => {
        token = next;
      },
    });
    const conversation = createConversation(wire, key, { ended() {}, stopWord() {}, notKept() {} });
    wire.listen({
      open: () => void conversation.resync(),
      event(event) {
        if (event.event === "chat" && event.payload.sessionKey === key) conversation.hear(event.payload);
      },
      gap: () => void conversation.resync(),
    });
    const close = effect(() => {
      conversation.rows.value.map((row) => (row.is === "message" ? null : row.turn.text.value));
      wire.phase.value.is;
      queueMicrotask(watch.changed);
    });
    wire.start();
    return { wire, conversation, close };
  }

  return {
    channels: {},
    async gatewayIs(gateway, secret) {
      token ??= wrong === true ? `not-${secret}` : secret;
      link.leadTo(gateway.port);
      page ??= open();
    },
    write(text) {
      page?.conversation.send({ text, images: [] });
      const own = page?.conversation.rows.value.findLast((row) => row.is === "own");
      if (own?.is === "own") last = { runId: own.turn.runId, text };
    },
    async bringAgain() {
      if (page === null || last === null) throw new Error("nothing was written");
      const { runId, text } = last;
      await page.wire.call("chat.send", {
        sessionKey: key,
        message: text,
        idempotencyKey: runId,
        deliver: false,
      });
    },
    answers,
    standing,
    until: watch.until,
    cables: [{ name: "the link swallows everything", pull: () => link.pull(), plug: () => link.plug() }],
    loseWord: () => link.deafen(),
    async wordIsLost() {
      link.cut();
    },
    connects: () => link.connections,
    refusal: "secret",
    async [Symbol.asyncDispose]() {
      page?.close();
      await link[Symbol.asyncDispose]();
    },
  };
}

function answersOn({ rows }: Conversation): string[] {
  return rows.value.flatMap((row) => {
    if (row.is === "message") return row.message.role === "assistant" ? [textOf(row.message)] : [];
    const text = row.is === "reply" ? row.turn.text.value : "";
    return text === "" ? [] : [text];
  });
}

function standingOf(phase: Phase) {
  const why = phase.is === "waiting" ? phase.why : "";
  return { connected: phase.is === "open", is: phase.is, why };
}
