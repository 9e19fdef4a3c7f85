import { GatewayError } from "#src/lib/errors.ts";
import type { Host } from "../channel.ts";
import { deadline, type TelegramApi } from "./api.ts";
import { refusalText, toChannelError } from "./errors.ts";

const answerMs = 30_000;

/** The bytes of a file that came in. Telegram gives a bot no file above 20 MB. */
export async function fetchAttachment(
  host: Host,
  api: TelegramApi,
  ref: string,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const path = await pathOf(host, api, ref, signal);
  const answer = await api.download(path, signal).catch((cause: unknown) => {
    const { message } = toChannelError(cause);
    throw new GatewayError("UNAVAILABLE", `the file could not be fetched: ${message}`, { cause });
  });
  if (answer.ok && answer.body !== null) return answer.body;
  await answer.body?.cancel();
  throw new GatewayError(
    "UNAVAILABLE",
    `the file could not be fetched: Telegram answers HTTP ${answer.status}`,
  );
}

async function pathOf(host: Host, api: TelegramApi, ref: string, signal: AbortSignal): Promise<string> {
  try {
    using limit = deadline(host, answerMs, signal);
    const { file_path } = await api.call.getFile(ref, limit.signal);
    if (file_path !== undefined && !file_path.startsWith("/")) return file_path;
  } catch (cause) {
    if (refusalText(cause).includes("file is too big")) {
      throw new GatewayError("INVALID_REQUEST", "the file is above the 20 MB that Telegram gives to bots");
    }
    const { message } = toChannelError(cause);
    throw new GatewayError("UNAVAILABLE", `the file could not be fetched: ${message}`, { cause });
  }
  throw new GatewayError("UNAVAILABLE", "Telegram does not say where the file is");
}
