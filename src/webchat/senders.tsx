import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { MethodName, Params } from "#protocol";
import type { ApprovedSender, SenderRequest } from "#protocol/domains/pairing.ts";
import { useApp } from "./app.ts";
import { channelTexts } from "./channel-texts.ts";
import { CopyButton } from "./copy.tsx";
import { relativeTime } from "./relative-time.ts";
import { senderTexts } from "./sender-texts.ts";
import { nameOf, sendersOf } from "./waiting-senders.ts";

type Deed = Extract<MethodName, "pairing.approve" | "pairing.deny" | "pairing.remove">;

/** Who waits to be let in, each with the code that they were told, and who was let in. */
export function Senders({ labels }: { labels: Readonly<Record<string, string>> }): JSX.Element {
  const app = useApp();
  const text = senderTexts[app.language.name.value];
  const { requests, approved } = sendersOf(app.wire).value;
  const said = useSignal("");
  const busy = useSignal(false);

  async function decide<M extends Deed>(method: M, params: Params<M>, sentence: string) {
    busy.value = true;
    try {
      await app.wire.call(method, params);
      said.value = sentence;
    } catch (error) {
      said.value = text.failed(error instanceof Error ? error.message : String(error));
    } finally {
      busy.value = false;
    }
  }

  return (
    <section aria-labelledby="senders-title">
      <h3 id="senders-title">{text.title}</h3>
      <div role="status">{said.value !== "" && <p>{said.value}</p>}</div>
      {requests.length === 0 ? (
        <p class="hint">{text.nobody}</p>
      ) : (
        <>
          <p class="hint">{text.hint}</p>
          <ul class="accounts">
            {requests.map((request) => (
              <Request
                key={request.code}
                request={request}
                label={labels[request.channel] ?? request.channel}
                busy={busy.value}
                decide={decide}
              />
            ))}
          </ul>
        </>
      )}
      {approved.length > 0 && (
        <details>
          <summary>{text.known(approved.length)}</summary>
          <ul class="accounts">
            {approved.map((sender) => (
              <Approved
                key={`${sender.channel} ${sender.accountId} ${sender.senderId}`}
                sender={sender}
                label={labels[sender.channel] ?? sender.channel}
                busy={busy.value}
                decide={decide}
              />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

interface Deciding {
  label: string;
  busy: boolean;
  decide<M extends Deed>(method: M, params: Params<M>, sentence: string): Promise<void>;
}

function Request({ request, label, busy, decide }: Deciding & { request: SenderRequest }): JSX.Element {
  const app = useApp();
  const text = senderTexts[app.language.name.value];
  const { code, channel, senderId, createdAt } = request;
  const name = nameOf(request);
  const by = { code, channel };
  return (
    <li>
      <h4>{name}</h4>
      <p class="hint">
        {[
          label,
          senderId,
          text.asked(relativeTime(Math.min(createdAt, Date.now()), Date.now(), app.language.locale.value)),
        ].join(" · ")}
      </p>
      <p class="code">
        <span class="unseen">{text.code}</span>
        <code>{code}</code>
        <CopyButton label={channelTexts[app.language.name.value].copyCode} text={() => code} />
      </p>
      <div class="ways">
        <button
          type="button"
          class="primary"
          aria-label={text.approveNamed(name)}
          disabled={busy}
          onClick={() => void decide("pairing.approve", by, text.approved(name))}
        >
          {text.approve}
        </button>
        <button
          type="button"
          aria-label={text.denyNamed(name)}
          disabled={busy}
          onClick={() => void decide("pairing.deny", by, text.denied(name))}
        >
          {text.deny}
        </button>
      </div>
    </li>
  );
}

function Approved({ sender, label, busy, decide }: Deciding & { sender: ApprovedSender }): JSX.Element {
  const text = senderTexts[useApp().language.name.value];
  const { channel, accountId, senderId, owner } = sender;
  const name = nameOf(sender);
  return (
    <li>
      <p>
        {name} <span class="hint">{[label, senderId, ...(owner ? [text.owner] : [])].join(" · ")}</span>
      </p>
      <div class="ways">
        <button
          type="button"
          aria-label={text.shutOutNamed(name)}
          disabled={busy}
          onClick={() => void decide("pairing.remove", { channel, accountId, senderId }, text.isOut(name))}
        >
          {text.shutOut}
        </button>
      </div>
    </li>
  );
}
