import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { isScope } from "#protocol/access.ts";
import type { PairingRequest } from "#protocol/domains/devices.ts";
import { useApp } from "./app.ts";
import { pairingTexts } from "./pairing-texts.ts";
import { waitingDevices } from "./waiting-devices.ts";

/** One line for each device that asks to be let in, with both answers. */
export function PairingNotices(): JSX.Element {
  const requests = waitingDevices(useApp().wire).value;
  return (
    <>
      {requests.map((request) => (
        <Notice key={request.requestId} request={request} />
      ))}
    </>
  );
}

function Notice({ request }: { request: PairingRequest }): JSX.Element {
  const app = useApp();
  const text = pairingTexts[app.language.name.value];
  const deciding = useSignal(false);
  const { requestId, deviceId, displayName, clientId, platform, remoteIp, isRepair } = request;
  const name = displayName ?? clientId ?? deviceId.slice(0, 8);
  const where = [platform, remoteIp].filter((each) => each !== undefined).join(", ");

  async function decide(method: "device.pair.approve" | "device.pair.reject") {
    deciding.value = true;
    try {
      await app.wire.call(method, { requestId });
      app.note(undefined);
    } catch (error) {
      deciding.value = false;
      app.note(text.failed(error instanceof Error ? error.message : String(error)));
    }
  }

  return (
    <p class="banner" role="alert">
      <span>
        {/* A stranger's name must not turn the direction of our own words. */}
        <bdi>“{name}”</bdi>
        {where !== "" && (
          <>
            {" "}
            <bdi>({where})</bdi>
          </>
        )}{" "}
        {text.wantsIn} {isRepair && text.known} {rightsIn(request, text)}
      </span>
      <button
        type="button"
        class="link"
        aria-label={text.approveNamed(name)}
        disabled={deciding.value}
        onClick={() => void decide("device.pair.approve")}
      >
        {text.approve}
      </button>
      <button
        type="button"
        class="link"
        aria-label={text.rejectNamed(name)}
        disabled={deciding.value}
        onClick={() => void decide("device.pair.reject")}
      >
        {text.reject}
      </button>
    </p>
  );
}

function rightsIn({ role, scopes }: PairingRequest, text: (typeof pairingTexts)["en"]): string {
  if (role === "node") return text.asNode;
  if (scopes.length === 0) return text.mayNothing;
  const words = scopes.map((scope) => (isScope(scope) ? text[scope] : text.other));
  return text.may([...new Set(words)].join(text.and));
}
