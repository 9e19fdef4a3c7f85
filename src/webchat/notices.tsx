import type { JSX } from "preact";
import { useApp } from "./app.ts";
import { PairingNotices } from "./pairing.tsx";
import { SenderNotice } from "./sender-notice.tsx";

/** Who waits for a word of the owner: devices, and people on messaging apps. */
export function Notices(): JSX.Element {
  return (
    <>
      <PairingNotices />
      {useApp().has("pairing.list") && <SenderNotice />}
    </>
  );
}
