import type { JSX } from "preact";
import type { Spend } from "#protocol/domains/health.ts";
import { isLoopback } from "./address.ts";
import { useApp } from "./app.ts";
import { Icon } from "./icons.tsx";

const themeIcons = { system: "halfMoon", light: "sun", dark: "moon" } as const;

/** One line: whether there is a connection, to which computer, and what answers there. */
export function Status(): JSX.Element {
  const app = useApp();
  const text = app.language.text.value;
  const { phase, health, hello } = app.wire;
  const is = phase.value.is;
  const words = { open: text.connected, waiting: text.reconnecting, connecting: text.connecting };
  const where = isLoopback(location.hostname) ? text.thisComputer : location.hostname;
  const model = health.value?.model;
  const spend = health.value?.spend;
  const version = hello.value?.server.version;
  return (
    <p class="status">
      <span class={`dot ${is}`} />
      <span>{is === "open" || is === "waiting" || is === "connecting" ? words[is] : text.disconnected}</span>
      {is === "open" && <span class="where">{where}</span>}
      {is === "open" && model !== undefined && (
        <span class="what">{model === "none" ? text.noModel : text.model(model)}</span>
      )}
      {is === "open" && spend !== undefined && spend.usd > 0 && (
        <span class="spend">{text.spentToday(dollars(spend, app.language.locale.value))}</span>
      )}
      {is === "open" && version !== undefined && <span class="version">{text.version(version)}</span>}
    </p>
  );
}

/** What was spent, of how much where there is a cap. */
function dollars({ usd, capUsd }: Spend, locale: string): string {
  const format = (amount: number) =>
    new Intl.NumberFormat(locale, {
      style: "currency",
      currency: "USD",
      currencyDisplay: "narrowSymbol",
      maximumFractionDigits: amount < 0.1 ? 4 : 2,
    }).format(amount);
  return capUsd === null ? format(usd) : `${format(usd)} / ${format(capUsd)}`;
}

/** The way to the messaging apps, and the page's own two choices. */
export function Settings(): JSX.Element {
  const app = useApp();
  const { language, theme } = app;
  const text = language.text.value;
  const names = { system: text.themeSystem, light: text.themeLight, dark: text.themeDark };
  const other = language.name.value === "en" ? "zh" : "en";
  return (
    <div class="settings">
      {app.may.value.read && app.has("channels.status") && (
        <button
          type="button"
          class="quiet words"
          aria-haspopup="dialog"
          onClick={() => {
            app.showsChannels.value = true;
          }}
        >
          {text.messagingApps}
        </button>
      )}
      <button
        type="button"
        class="quiet words"
        lang={other === "zh" ? "zh-CN" : "en"}
        onClick={() => {
          // The gateway learns the language when the page introduces itself.
          language.choose(other);
          app.wire.reconnect();
        }}
      >
        {text.switchLanguage}
      </button>
      <button
        type="button"
        class="quiet"
        aria-label={names[theme.name.value]}
        title={names[theme.name.value]}
        onClick={theme.next}
      >
        <Icon name={themeIcons[theme.name.value]} />
      </button>
    </div>
  );
}
