import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { ChannelLoginStep } from "#protocol/domains/channels.ts";
import { useApp } from "./app.ts";
import { channelTexts } from "./channel-texts.ts";
import { CopyButton } from "./copy.tsx";
import { LinkedText } from "./linked-text.tsx";

/** A QR code to scan or a code to type, with what to do with it and how long it is good. */
export function Shown({ step }: { step: Extract<ChannelLoginStep, { kind: "qr" | "code" }> }): JSX.Element {
  const app = useApp();
  const text = channelTexts[app.language.name.value];
  const until = new Intl.DateTimeFormat(app.language.locale.value, { timeStyle: "short" }).format(
    step.expiresAt,
  );
  return (
    <div class="shown">
      <p>
        <LinkedText text={step.text} />
      </p>
      {step.kind === "qr" ? (
        <QrCode payload={step.payload} label={text.qrCode} />
      ) : (
        <p class="code">
          <span class="unseen">{text.code}</span>
          <code>{step.code}</code>
          <CopyButton label={text.copyCode} text={() => step.code} />
        </p>
      )}
      <p class="hint">{text.goodUntil(until)}</p>
    </div>
  );
}

/** Dark on light in either theme, since phones do not read the reverse. */
function QrCode({ payload, label }: { payload: string; label: string }): JSX.Element | null {
  const drawn = useSignal<{ size: number; path: string } | undefined>(undefined);
  useEffect(() => {
    let isGone = false;
    void import("uqr").then(({ encode }) => {
      if (isGone) return;
      const { size, data } = encode(payload, { ecc: "L", border: 2 });
      const dark = data.flatMap((row, y) =>
        row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
      );
      drawn.value = { size, path: dark.join("") };
    });
    return () => {
      isGone = true;
    };
  }, [payload]);
  if (drawn.value === undefined) return null;
  const { size, path } = drawn.value;
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <path d={path} />
    </svg>
  );
}
