import { openCrowd } from "./crowd.ts";
import { healthRequest, historyRequest, injectRequest } from "./requests.ts";
import type { Subject } from "./subject.ts";

/** How long the gateway's frames are, so that the bare server can send as much. */
export async function measureSizes(subject: Subject): Promise<Record<string, number>> {
  using crowd = await openCrowd(subject, {
    count: 1,
    mode: "cli",
    scopes: ["operator.read", "operator.admin"],
  });
  const ask = async (frame: Buffer) => {
    const answered = crowd.more("answer", 1);
    crowd.clients[0]?.send(frame);
    await answered;
    return crowd.bytes("answer");
  };
  const told = crowd.count("chat");
  const inject = await ask(injectRequest);
  if (crowd.count("chat") === told) await crowd.more("chat", 1);
  return {
    hello: crowd.bytes("hello"),
    chat: crowd.bytes("chat"),
    "chat.inject": inject,
    health: await ask(healthRequest),
    "chat.history": await ask(historyRequest),
  };
}
