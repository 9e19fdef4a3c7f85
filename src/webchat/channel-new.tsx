import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Result } from "#protocol";
import { useApp } from "./app.ts";
import type { LoginWanted } from "./channel-login.tsx";
import { channelTexts } from "./channel-texts.ts";

interface NewAccountProps {
  channel: Result<"channels.list">["channels"][number];
  logIn(wanted: LoginWanted): void;
}

/** A button for an app's first account; another one needs a name, so that it does not take the first one's place. */
export function NewAccount({ channel, logIn }: NewAccountProps): JSX.Element {
  const text = channelTexts[useApp().language.name.value];
  const isNaming = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  const { id, label, accounts } = channel;
  useEffect(() => {
    if (isNaming.value) field.current?.focus();
  }, [isNaming.value]);

  if (accounts.length === 0) {
    return (
      <button type="button" class="primary" onClick={() => logIn({ channel: id, name: label })}>
        {text.connect(label)}
      </button>
    );
  }
  if (!isNaming.value) {
    return (
      <button
        type="button"
        onClick={() => {
          isNaming.value = true;
        }}
      >
        {text.connectAnother(label)}
      </button>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const accountId = field.current?.value.trim() ?? "";
        if (accountId !== "") logIn({ channel: id, accountId, name: `${label} ${accountId}` });
      }}
    >
      <label>
        {text.accountName}
        <input
          ref={field}
          required
          maxLength={64}
          pattern="[A-Za-z0-9][A-Za-z0-9_.\-]*"
          title={text.accountNameHint}
          autocomplete="off"
          aria-describedby="account-name-hint"
        />
      </label>
      <p class="hint" id="account-name-hint">
        {text.accountNameHint}
      </p>
      <div class="ways">
        <button type="submit" class="primary">
          {text.goOn}
        </button>
        <button
          type="button"
          onClick={() => {
            isNaming.value = false;
          }}
        >
          {text.cancel}
        </button>
      </div>
    </form>
  );
}
