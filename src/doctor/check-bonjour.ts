import type { Reached } from "./check-config.ts";
import type { Checked, Say } from "./finding.ts";

/** Whether others in the local network are to find the gateway; what keeps it from that is said by the gateway itself. */
export function checkBonjour({ mode, isOutward }: Reached, isDisabled: boolean, say: Say): Checked {
  const id = "bonjour";
  if (!isOutward) {
    const message = say("off: the gateway listens on loopback", "关闭：网关仅在本机监听");
    return { id, verdict: "ok", message };
  }
  if (isDisabled) {
    return {
      id,
      verdict: "ok",
      message: say("off by MOLTBOT_DISABLE_BONJOUR", "已由 MOLTBOT_DISABLE_BONJOUR 关闭"),
    };
  }
  if (mode === "off") {
    return { id, verdict: "ok", message: say("off by discovery.mdns.mode", "已由 discovery.mdns.mode 关闭") };
  }
  return {
    id,
    verdict: "ok",
    message: say(
      `the gateway is announced in the local network (${mode})`,
      `网关在本地网络中公布（${mode}）`,
    ),
  };
}
