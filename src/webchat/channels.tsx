import { useSignal, useSignalEffect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Result } from "#protocol";
import { useApp } from "./app.ts";
import { Account } from "./channel-account.tsx";
import { ChannelLogin, type LoginWanted } from "./channel-login.tsx";
import { NewAccount } from "./channel-new.tsx";
import { channelTexts } from "./channel-texts.ts";
import style from "./channels.css" with { type: "text" };
import { Icon } from "./icons.tsx";
import { Senders } from "./senders.tsx";
import { wear } from "./wear.ts";

/** What the gateway said of its channels, and when. */
interface Seen {
  channels: Result<"channels.list">["channels"];
  status: Result<"channels.status">;
  at: number;
}

/** The accounts on messaging apps, how they are, and who may write there; over the page until it is closed. */
export function Channels(): JSX.Element {
  const app = useApp();
  const text = channelTexts[app.language.name.value];
  const dialog = useRef<HTMLDialogElement>(null);
  const seen = useSignal<Seen | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  const said = useSignal("");
  const login = useSignal<LoginWanted | undefined>(undefined);
  const mayChange = app.may.value.administer && app.has("channels.login.start");

  useLayoutEffect(() => {
    wear(style);
    dialog.current?.showModal();
  }, []);

  async function refresh() {
    try {
      const [{ channels }, status] = await Promise.all([
        app.wire.call("channels.list", {}),
        app.wire.call("channels.status", {}),
      ]);
      seen.value = { channels, status, at: Date.now() };
      failure.value = undefined;
    } catch (error) {
      failure.value = reasonOf(error);
    }
  }

  // Each of these is news: a connection, an account's other state, a message that was answered.
  useSignalEffect(() => {
    void app.wire.health.value;
    void app.sessions.list.value;
    if (app.wire.phase.value.is === "open") void refresh();
  });

  function close() {
    app.showsChannels.value = false;
  }

  const known = seen.value;
  return (
    <dialog class="channels" ref={dialog} aria-labelledby="channels-title" onClose={close}>
      <header>
        <h2 id="channels-title">{text.title}</h2>
        <button
          type="button"
          class="quiet"
          aria-label={text.close}
          title={text.close}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </header>
      <div role="status">
        {known === undefined && failure.value === undefined && <p>{text.reading}</p>}
        {said.value !== "" && <p>{said.value}</p>}
        {failure.value !== undefined && <p class="failed">{text.failed(failure.value)}</p>}
      </div>
      {login.value !== undefined ? (
        <ChannelLogin
          key={`${login.value.channel} ${login.value.accountId ?? ""}`}
          wanted={login.value}
          done={(sentence) => {
            said.value = sentence;
            login.value = undefined;
            void refresh();
          }}
          leave={() => {
            login.value = undefined;
          }}
        />
      ) : (
        known !== undefined && (
          <>
            <Accounts
              seen={known}
              mayChange={mayChange}
              logIn={(wanted) => {
                said.value = "";
                login.value = wanted;
              }}
              changed={(sentence) => {
                said.value = sentence;
                void refresh();
              }}
            />
            {!mayChange && (
              <p>
                {text.notHere} <code>moltbot open</code>
              </p>
            )}
            {app.may.value.administer && app.has("pairing.list") && (
              <Senders labels={known.status.channelLabels} />
            )}
          </>
        )
      )}
    </dialog>
  );
}

interface AccountsProps {
  seen: Seen;
  mayChange: boolean;
  logIn(wanted: LoginWanted): void;
  changed(sentence: string): void;
}

function Accounts({ seen: { channels, status, at }, mayChange, logIn, changed }: AccountsProps): JSX.Element {
  const text = channelTexts[useApp().language.name.value];
  const now = useSignal(status.ts);
  // The gateway's clock, which may be another one than the browser's.
  useEffect(() => {
    const tick = () => {
      now.value = status.ts + Date.now() - at;
    };
    tick();
    const timer = setInterval(tick, 1_000);
    return () => clearInterval(timer);
  }, [status, at]);
  const accounts = channels.flatMap(({ id, label }) =>
    (status.channelAccounts[id] ?? []).map((account) => ({ channel: id, label, account })),
  );
  return (
    <>
      {accounts.length === 0 && <p>{text.intro}</p>}
      {accounts.length > 0 && (
        <ul class="accounts">
          {accounts.map(({ channel, label, account }) => (
            <Account
              key={`${channel} ${account.accountId}`}
              channel={channel}
              // With one account the app's name says it all.
              name={
                (status.channelAccounts[channel] ?? []).length === 1 ? label : `${label} ${account.accountId}`
              }
              account={account}
              now={now.value}
              mayChange={mayChange}
              logIn={logIn}
              changed={changed}
            />
          ))}
        </ul>
      )}
      {mayChange && (
        <div class="ways">
          {channels.map((channel) => (
            <NewAccount key={channel.id} channel={channel} logIn={logIn} />
          ))}
        </div>
      )}
    </>
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
