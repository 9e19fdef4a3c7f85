import type { JSX } from "preact";
import { useApp } from "./app.ts";
import { senderTexts } from "./sender-texts.ts";
import { nameOf, sendersOf } from "./waiting-senders.ts";

/** One line as long as somebody waits to be let in on a messaging app; the decision is made beside their code. */
export function SenderNotice(): JSX.Element {
  const app = useApp();
  const text = senderTexts[app.language.name.value];
  const { requests } = sendersOf(app.wire).value;
  const [first] = requests;
  const labels = app.wire.health.value?.channelLabels ?? {};
  return (
    <div role="status">
      {first !== undefined && (
        <p class="banner">
          <span>
            {requests.length === 1
              ? text.waiting(`“${nameOf(first)}”`, labels[first.channel] ?? first.channel)
              : text.waitingMany(requests.length)}
          </span>
          <button
            type="button"
            class="link"
            onClick={() => {
              app.showsChannels.value = true;
            }}
          >
            {text.look}
          </button>
        </p>
      )}
    </div>
  );
}
