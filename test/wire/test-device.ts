import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { answerTo, type Frame, openRaw, type RawSocket } from "./raw-socket.ts";

/** A device with a key of its own, which introduces itself as clients of the field do. */
export interface TestDevice {
  readonly id: string;
  readonly publicKey: string;
  /** Connects and sends `connect`; what the gateway answers is the caller's to look at. */
  knock(url: string, how?: Knock): Promise<Visit>;
}

export interface Knock {
  scopes?: readonly string[];
  role?: "operator" | "node";
  generation?: 3 | 4;
  auth?: { token?: string; password?: string; deviceToken?: string; bootstrapToken?: string };
  /** As a proxy would add them: such a connection is not local. */
  headers?: Record<string, string>;
  client?: Frame;
  /** Changes the params after they were signed. */
  tamper?: (params: Frame) => Frame;
}

export interface Visit extends Disposable {
  socket: RawSocket;
  /** The answer to `connect`. */
  answer: Frame;
}

/** A header by which a connection from this machine counts as one from elsewhere. */
export const elsewhere = { "x-forwarded-for": "203.0.113.9" };

export function testDevice(): TestDevice {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(12);
  const id = createHash("sha256").update(raw).digest("hex");
  const key = raw.toString("base64url");

  return {
    id,
    publicKey: key,
    async knock(url, how = {}) {
      const socket = await openRaw(url, how.headers === undefined ? {} : { headers: how.headers });
      const params = introduce(socket, { id, key, privateKey }, how);
      socket.send({ type: "req", id: "c1", method: "connect", params: how.tamper?.(params) ?? params });
      const answer = await socket.next(answerTo("c1"));
      return { socket, answer, [Symbol.dispose]: () => socket[Symbol.dispose]() };
    },
  };
}

function introduce(
  socket: RawSocket,
  { id, key, privateKey }: { id: string; key: string; privateKey: KeyObject },
  { scopes = ["operator.read"], role = "operator", generation = 3, auth, client: more }: Knock,
): Frame {
  const nonce = String(socket.frames[0]?.payload.nonce);
  const signedAt = Number(socket.frames[0]?.payload.ts);
  const client: Frame = {
    id: "moltbot-ios",
    version: "1.0",
    platform: "iOS",
    mode: role === "node" ? "node" : "ui",
    ...more,
  };
  const token = auth?.token ?? auth?.deviceToken ?? auth?.bootstrapToken ?? "";
  const fields = [id, client.id, client.mode, role, scopes.join(","), signedAt, token, nonce, "ios", ""];
  const signature = sign(null, Buffer.from(`v3|${fields.join("|")}`), privateKey).toString("base64url");
  return {
    minProtocol: generation,
    maxProtocol: generation,
    client,
    role,
    scopes,
    ...(auth === undefined ? {} : { auth }),
    device: { id, publicKey: key, signature, signedAt, nonce },
  };
}

let asked = 0;

/** Asks over a socket that has been let in. */
export async function ask(socket: RawSocket, method: string, params: Frame = {}): Promise<Frame> {
  asked += 1;
  const id = `r${asked}`;
  socket.send({ type: "req", id, method, params });
  return socket.next(answerTo(id));
}
