import type { Probe } from "#src/daemon/tunnel.ts";
import { build } from "./version.ts";

/** Greets what is at an address as a gateway, asking for nothing. Never rejects. */
export async function greet(url: string): Promise<Probe> {
  const { connectGateway } = await import("#src/client/client.ts");
  const { ConnectFailed, RequestError, NotGreeted } = await import("#src/client/errors.ts");
  try {
    await using client = await connectGateway({
      url,
      client: { id: "cli", version: build().version, platform: process.platform, mode: "probe" },
    });
    return { is: "gateway", url: url.replace(/^ws/, "http"), version: client.hello.server.version };
  } catch (cause) {
    // Who says no is there.
    if (cause instanceof RequestError)
      return { is: "gateway", url: url.replace(/^ws/, "http"), version: null };
    if (cause instanceof NotGreeted) return { is: "silent" };
    if (cause instanceof ConnectFailed) {
      const { mistaken } = await import("#src/client/secured.ts");
      const found = await mistaken(cause);
      if (found?.is === "tls") return { is: "gateway", url: url.replace(/^ws:/, "https:"), version: null };
    }
    return { is: "nobody", why: cause instanceof Error ? cause.message : String(cause) };
  }
}
