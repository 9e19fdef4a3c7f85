import type { App } from "./app.ts";
import type { History } from "./history.ts";
import type { LanguageName, Translation } from "./language.ts";

const en = {
  seeking: "Looking for the message…",
  gone: "That message is not in this chat.",
};

const zh: Translation<typeof en> = {
  seeking: "正在查找这条消息…",
  gone: "这个会话里没有这条消息。",
};

const texts: Record<LanguageName, Translation<typeof en>> = { en, zh };

/** Brings the message that the address leads to onto the screen, however far back it is. */
export async function goTo(app: App, history: History, sought: { id: string }): Promise<void> {
  const text = texts[app.language.name.value];
  const isIt = (message: { id?: string }) => message.id === sought.id;
  if (!history.messages.value.some(isIt)) {
    app.note(text.seeking);
    const isThere = await history.loadUntil(isIt);
    if (app.sought.value !== sought) return;
    app.note(isThere ? undefined : text.gone);
  }
  await allDrawn();
  const row = document.getElementById(`m=${sought.id}`);
  row?.scrollIntoView({ block: "center" });
  row?.focus({ preventScroll: true });
  row?.classList.add("sought");
  row?.addEventListener("blur", () => row.classList.remove("sought"), { once: true });
}

/** Settles when all that has been read is on the page. */
export async function allDrawn(): Promise<void> {
  do {
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  } while (document.querySelector('[role="log"][aria-busy="true"]') !== null);
}
