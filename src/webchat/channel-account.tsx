import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ChannelAccount } from "#protocol/domains/channels.ts";
import { useApp } from "./app.ts";
import type { LoginWanted } from "./channel-login.tsx";
import { channelTexts } from "./channel-texts.ts";
import { relativeTime } from "./relative-time.ts";

interface AccountProps {
  channel: string;
  name: string;
  account: ChannelAccount;
  now: number;
  mayChange: boolean;
  logIn(wanted: LoginWanted): void;
  /** Something was done, in a sentence. */
  changed(sentence: string): void;
}

/** One account: how it is by its last proof, what came and went, and what can be done with it. */
export function Account({
  channel,
  name,
  account,
  now,
  mayChange,
  logIn,
  changed,
}: AccountProps): JSX.Element {
  const app = useApp();
  const text = channelTexts[app.language.name.value];
  const asked = useSignal<"logout" | "remove" | undefined>(undefined);
  const busy = useSignal(false);
  const failure = useSignal<string | undefined>(undefined);
  const { accountId, state, as, waitingUntil, lastError, hint, lastInboundAt, lastOutboundAt } = account;
  const when = (at: number) => relativeTime(at, now, app.language.locale.value);
  const needsLogin = state === "needs login";
  const logInText = needsLogin ? text.logIn : text.logInAnew;
  const isWell = state === "connected" || state === "off";
  const facts = [
    lastInboundAt === null ? undefined : text.received(when(Math.min(lastInboundAt, now))),
    lastOutboundAt === null ? undefined : text.sent(when(Math.min(lastOutboundAt, now))),
  ].filter((each) => each !== undefined);

  async function act(deed: () => Promise<string>) {
    busy.value = true;
    try {
      changed(await deed());
    } catch (error) {
      failure.value = text.failed(error instanceof Error ? error.message : String(error));
    } finally {
      busy.value = false;
      asked.value = undefined;
    }
  }

  const logOut = async () => {
    const { cleared, loggedOut, envToken } = await app.wire.call("channels.logout", { channel, accountId });
    const done = cleared || loggedOut ? text.loggedOut(name) : text.nothingKept(name);
    return envToken ? `${done} ${text.envToken}` : done;
  };
  const remove = async () => {
    await app.wire.call("channels.remove", { channel, accountId });
    return text.removed(name);
  };

  return (
    <li>
      <h3>{name}</h3>
      <p>
        <span
          class={`dot ${account.connected ? "open" : state === "off" || state === "stopped" ? "" : "waiting"}`}
        />
        {text.states[state]}
        {as !== undefined && ` ${text.as(as)}`}
        {waitingUntil !== null && `, ${text.again(when(Math.max(waitingUntil, now)))}`}
      </p>
      {!isWell && lastError !== null && (
        <p class="why">{hint === undefined || needsLogin ? lastError : `${lastError}; ${hint}`}</p>
      )}
      {state !== "off" && <p class="hint">{facts.length === 0 ? text.noneYet : facts.join(" · ")}</p>}
      {failure.value !== undefined && (
        <p class="failed" role="alert">
          {failure.value}
        </p>
      )}
      {mayChange && asked.value === undefined && (
        <div class="ways">
          <button
            type="button"
            class={needsLogin ? "primary" : undefined}
            aria-label={text.named(logInText, name)}
            onClick={() => logIn({ channel, accountId, name })}
          >
            {logInText}
          </button>
          {!needsLogin && (
            <button
              type="button"
              aria-label={text.named(text.logOut, name)}
              onClick={() => {
                asked.value = "logout";
              }}
            >
              {text.logOut}
            </button>
          )}
          <button
            type="button"
            aria-label={text.named(text.remove, name)}
            onClick={() => {
              asked.value = "remove";
            }}
          >
            {text.remove}
          </button>
        </div>
      )}
      {asked.value !== undefined && (
        <Confirm
          question={asked.value === "logout" ? text.wantLogOut(name) : text.wantRemove(name)}
          yes={asked.value === "logout" ? text.logOut : text.remove}
          no={text.keep}
          busy={busy.value}
          act={() => void act(asked.value === "logout" ? logOut : remove)}
          leave={() => {
            asked.value = undefined;
          }}
        />
      )}
    </li>
  );
}

interface ConfirmProps {
  question: string;
  yes: string;
  no: string;
  busy: boolean;
  act(): void;
  leave(): void;
}

/** The harmless answer has the focus, so that the keyboard goes on where it was. */
function Confirm({ question, yes, no, busy, act, leave }: ConfirmProps): JSX.Element {
  const harmless = useRef<HTMLButtonElement>(null);
  useEffect(() => harmless.current?.focus(), []);
  return (
    <div role="alert">
      <p>{question}</p>
      <div class="ways">
        <button type="button" ref={harmless} onClick={leave}>
          {no}
        </button>
        <button type="button" class="danger" disabled={busy} onClick={act}>
          {yes}
        </button>
      </div>
    </div>
  );
}
