import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import type { Chat, User } from "grammy/types";
import { Chats, type FakeChat, fields, type Params, type Shown, toMessage } from "./telegram-chats.ts";
import { Refusal } from "./telegram-html.ts";
import { type Desk, methods } from "./telegram-methods.ts";
import { type FakeUpdate, Updates } from "./telegram-updates.ts";

/**
 * What happens to a call instead of its plain answer:
 * - `late`: carried out, answered after a while. `hang`: neither carried out nor ever answered.
 * - `lost`: carried out, then the connection breaks. `cut`: the connection breaks before anything happens.
 * - `html`: a page with status 502, not carried out; `html-done`: the same, but carried out.
 * - `error`: the Bot API's own refusal.
 */
export type Fault =
  | { is: "late"; ms: number }
  | { is: "hang" | "lost" | "cut" | "html" | "html-done" }
  | { is: "error"; code: number; description: string; parameters?: Record<string, unknown> };

/** A call that came in. */
export interface Call {
  method: string;
  params: Params;
  at: number;
}

export interface FakeTelegramOptions {
  port?: number;
  token?: string;
  username?: string;
  /** What `getMe` says beyond the name. */
  me?: Record<string, unknown>;
  firstUpdate?: number;
}

/** What people do, without the particulars that most tests do not care for. */
export interface Said {
  chat?: number;
  from?: number;
  text?: string;
  /** Further fields of the message, as the Bot API has them. */
  extra?: Record<string, unknown>;
}

/** A strict Bot API on 127.0.0.1 for one bot. Everything is kept in memory, and people act through its methods. */
export class FakeTelegram implements AsyncDisposable {
  readonly token: string;
  readonly bot: Desk["bot"];
  readonly chats = new Chats();
  readonly updates: Updates;
  readonly calls: Call[] = [];
  /** Everything that came in, calls under an unknown token included. */
  asked = 0;
  readonly commands: Params[] = [];
  readonly presses = new Map<string, { answered: string | null }>();
  readonly tokens = new Set<string>();
  url = "";
  private readonly server = createServer((incoming, response) => {
    void this.handle(incoming, response).catch((error: Error) => response.destroy(error));
  });
  private readonly faults: { method: string; fault: Fault; left: number }[] = [];
  private readonly hanging = new Set<ServerResponse>();
  private readonly watchers = new Set<() => void>();
  private readonly users = new Map<number, User>();
  private paused = false;

  constructor(options: FakeTelegramOptions) {
    this.token = options.token ?? "4711:fake-token-of-a-bot";
    this.tokens.add(this.token);
    this.updates = new Updates(options.firstUpdate ?? 1000);
    this.updates.failed = () => {
      for (const watcher of [...this.watchers]) watcher();
    };
    this.bot = {
      id: Number(this.token.split(":")[0]),
      is_bot: true,
      first_name: "Gate",
      username: options.username ?? "gate_test_bot",
      can_join_groups: true,
      can_read_all_group_messages: true,
      supports_inline_queries: false,
      can_connect_to_business: false,
      has_main_web_app: false,
      ...options.me,
    };
  }

  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(port, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next calls of a method (`*`: of any) end this way. */
  fault(method: string, fault: Fault, times = 1): void {
    this.faults.push({ method, fault, left: times });
  }

  healed(): void {
    this.faults.length = 0;
  }

  /** Pulls the cable: connections stay, and nothing comes any more. */
  pause(): void {
    this.paused = true;
  }

  /** Plugs it in; what hung is broken. */
  resume(): void {
    this.paused = false;
    for (const response of this.hanging) response.destroy();
    this.hanging.clear();
  }

  person(id: number, more: Partial<User> = {}): User {
    const known = this.users.get(id) ?? {
      id,
      is_bot: false,
      first_name: `Person ${id}`,
      username: `person${id}`,
    };
    const user = { ...known, ...more };
    this.users.set(id, user);
    return user;
  }

  /** A chat: with one person where the number is positive. */
  chat(id: number, more: Record<string, unknown> = {}): FakeChat {
    const known = this.chats.all.get(id);
    if (known) return known;
    const chat =
      id > 0 ? { type: "private", ...this.person(id) } : { id, type: "supergroup", title: `Group ${id}` };
    return this.chats.open({ ...chat, ...more } as unknown as Chat);
  }

  topic(chat: number, id: number): void {
    this.chat(chat, { is_forum: true }).topics.add(id);
  }

  /** A person writes. Reactions to it, its edit and replies to it go by the message's id. */
  say({ chat: id = 77, from = 77, text = "", extra = {} }: Said): { id: number; update: FakeUpdate | null } {
    const chat = this.chat(id);
    const user = this.person(from);
    const thread = Number(extra.message_thread_id ?? 0);
    const shown = this.chats.add(chat, { from, text, entities: [], ...(thread > 0 ? { thread } : {}) });
    const command = /^\/\w+(@\w+)?/.exec(text)?.[0];
    const entities = command
      ? { entities: [{ type: "bot_command", offset: 0, length: command.length }] }
      : {};
    const {
      text: _,
      entities: __,
      ...base
    } = { ...toMessage(chat, shown, user), entities: [] } as unknown as Params;
    const message = { ...base, ...(text === "" ? {} : { text }), ...entities, ...extra };
    const kind = chat.chat.type === "channel" ? "channel_post" : "message";
    return { id: shown.id, update: this.updates.add(kind, message) };
  }

  /** A person sends a file. */
  sendFile(kind: string, bytes: Uint8Array, said: Said & { name?: string } = {}) {
    const { id } = this.chats.store(bytes, said.name ?? "file.bin");
    const file = { file_id: id, file_unique_id: id, file_size: bytes.byteLength, width: 1, height: 1 };
    const more = kind === "sticker" ? { is_animated: false, is_video: false } : { file_name: said.name };
    const media = kind === "photo" ? { photo: [file] } : { [kind]: { ...file, ...more } };
    return this.say({ ...said, extra: { ...media, ...said.extra } });
  }

  /** A person presses the button with this label. */
  press(chat: number, label: string, from = 77): string {
    const found = [...this.chat(chat).messages]
      .reverse()
      .flatMap((shown) => (shown.buttons ?? []).flat().map((button) => ({ shown, button })))
      .find(({ button }) => button.text === label);
    if (found === undefined) throw new Error(`no button "${label}" in chat ${chat}`);
    const id = crypto.randomUUID();
    this.presses.set(id, { answered: null });
    const message = toMessage(this.chat(chat), found.shown, this.bot);
    const data = found.button.callback_data;
    this.updates.add("callback_query", { id, from: this.person(from), chat_instance: "1", message, data });
    return id;
  }

  react(chat: number, message: number, emoji: string[], from = 77): void {
    const shown = this.chat(chat).messages.find(({ id }) => id === message);
    const toTypes = (list: string[]) => list.map((each) => ({ type: "emoji", emoji: each }));
    const old_reaction = toTypes(shown?.reactions.get(from) ?? []);
    shown?.reactions.set(from, emoji);
    const base = {
      chat: this.chat(chat).chat,
      message_id: message,
      user: this.person(from),
      date: 1700000000,
    };
    this.updates.add("message_reaction", { ...base, old_reaction, new_reaction: toTypes(emoji) });
  }

  edit(chat: number, message: number, text: string, from = 77): void {
    const shown = this.chat(chat).messages.find(({ id }) => id === message);
    if (shown === undefined) throw new Error(`no message ${message} in chat ${chat}`);
    shown.text = text;
    const body = toMessage(this.chat(chat), shown, this.person(from));
    this.updates.add("edited_message", { ...body, edit_date: Math.floor(Date.now() / 1000) });
  }

  vote(chat: number, message: number, options: number[], from = 77): void {
    const poll = this.chat(chat).messages.find(({ id }) => id === message)?.poll;
    if (poll === undefined || poll.anonymous) throw new Error(`no open poll ${message} in chat ${chat}`);
    this.updates.add("poll_answer", { poll_id: poll.id, user: this.person(from), option_ids: options });
  }

  /** What a chat shows, oldest first; `ours` is what the bot wrote. */
  shown(chat: number): Shown[] {
    return this.chat(chat).messages;
  }

  ours(chat: number): Shown[] {
    return this.shown(chat).filter(({ from }) => from === this.bot.id);
  }

  /** Once something is so; looked at after every call. Rejects after five seconds. */
  until<T>(look: () => T | null | undefined | false): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.watchers.delete(check);
        reject(new Error(`not within 5 s; calls: ${this.calls.map(({ method }) => method).join(" ")}`));
      }, 5000);
      const check = () => {
        const found = look();
        if (found === null || found === undefined || found === false) return;
        clearTimeout(timer);
        this.watchers.delete(check);
        resolve(found);
      };
      this.watchers.add(check);
      check();
    });
  }

  called(method: string, nth = 1): Promise<Call> {
    return this.until(() => this.calls.filter((call) => call.method === method)[nth - 1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.updates.close();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(incoming.url ?? "/", "http://fake").pathname);
    const body = await bytesOf(incoming);
    if (path.startsWith("/control/")) return sendJson(response, 200, this.control(path.slice(9), body));
    this.asked++;
    if (this.paused) return void this.hanging.add(response);
    const [, files, token = "", name = ""] = /^\/(file\/)?bot([^/]+)\/(.+)$/.exec(path) ?? [];
    if (!this.tokens.has(token)) return sendJson(response, 401, refusal(401, "Unauthorized"));
    if (files !== undefined) return this.download(name, response);
    const { params, uploads } = await readParams(incoming, body);
    this.calls.push({ method: name, params, at: Date.now() });
    const fault = this.nextFault(name);
    const answer = (status: number, value: unknown) => {
      if (this.paused) this.hanging.add(response);
      else sendJson(response, status, value);
    };
    try {
      if (fault?.is === "hang") return void this.hanging.add(response);
      if (fault?.is === "cut") return void response.destroy();
      if (fault?.is === "html") return sendHtml(response);
      if (fault?.is === "error") throw new Refusal(fault.code, fault.description, fault.parameters);
      const result = await this.carryOut(name, params, uploads, response);
      if (fault?.is === "late") await Bun.sleep(fault.ms);
      if (fault?.is === "lost") return void response.destroy();
      if (fault?.is === "html-done") return sendHtml(response);
      answer(200, { ok: true, result });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const status = error.code >= 400 && error.code < 600 ? error.code : 400;
      answer(status, {
        ...refusal(error.code, error.message),
        ...(error.parameters ? { parameters: error.parameters } : {}),
      });
    } finally {
      for (const watcher of [...this.watchers]) watcher();
    }
  }

  private carryOut(name: string, params: Params, files: Desk["files"], response: ServerResponse): unknown {
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    switch (name) {
      case "getUpdates":
        for (const watcher of [...this.watchers]) watcher();
        return this.updates.ask(params, gone.signal);
      case "setWebhook":
        this.updates.setWebhook(params);
        return true;
      case "deleteWebhook":
        this.updates.webhook = null;
        if (params.drop_pending_updates === true) this.updates.pending.length = 0;
        return true;
      case "getWebhookInfo": {
        const { webhook, webhookError, pending } = this.updates;
        const trouble =
          webhookError === null
            ? {}
            : { last_error_message: webhookError.message, last_error_date: webhookError.date };
        return { url: webhook?.url ?? "", pending_update_count: pending.length, ...trouble };
      }
    }
    const method = methods[name];
    if (method === undefined) throw new Refusal(404, "Not Found: method not found");
    const { chats, bot, presses, commands } = this;
    return method({ chats, bot, files, presses, commands }, params);
  }

  private nextFault(method: string): Fault | undefined {
    const found = this.faults.find(
      (each) => each.left > 0 && (each.method === "*" || each.method === method),
    );
    if (found === undefined) return undefined;
    found.left--;
    return found.fault;
  }

  private download(path: string, response: ServerResponse): void {
    const file = this.chats.files.get(path.replace(/^files\//, ""));
    if (file === undefined) {
      sendJson(response, 404, refusal(404, "Not Found"));
      return;
    }
    response.writeHead(200, { "content-type": "application/octet-stream" });
    response.end(file.bytes);
  }

  /** The same acts for a test in another process: `POST /control/say` with the arguments as a JSON array. */
  private control(act: string, body: Uint8Array): unknown {
    const args = body.byteLength === 0 ? [] : (JSON.parse(Buffer.from(body).toString("utf8")) as never[]);
    const acts: Record<string, (...args: never[]) => unknown> = {
      say: (said: Said) => this.say(said),
      press: (chat: number, label: string, from?: number) => this.press(chat, label, from),
      react: (chat: number, message: number, emoji: string[]) => this.react(chat, message, emoji),
      edit: (chat: number, message: number, text: string) => this.edit(chat, message, text),
      vote: (chat: number, message: number, options: number[]) => this.vote(chat, message, options),
      fault: (method: string, fault: Fault, times?: number) => this.fault(method, fault, times),
      healed: () => this.healed(),
      pause: () => this.pause(),
      resume: () => this.resume(),
      conflict: () => this.updates.conflict(),
      topic: (chat: number, id: number) => this.topic(chat, id),
      shown: (chat: number) => this.shown(chat).map((each) => ({ ...each, reactions: [...each.reactions] })),
      ours: (chat: number) => this.ours(chat).map((each) => ({ ...each, reactions: [...each.reactions] })),
      drafts: (chat: number) => [...this.chat(chat).drafts.values()],
      calls: () => this.calls,
      pending: () => this.updates.pending,
      commands: () => this.commands,
    };
    const found = acts[act];
    if (found === undefined) return { error: `no act "${act}"; there are: ${Object.keys(acts).join(", ")}` };
    return { result: found(...args) ?? null };
  }
}

/** Starts the fake on a free port of 127.0.0.1, unless one is given. */
export async function startTelegram(options: FakeTelegramOptions = {}): Promise<FakeTelegram> {
  const fake = new FakeTelegram(options);
  await fake.listen(options.port);
  return fake;
}

async function bytesOf(incoming: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function readParams(incoming: IncomingMessage, body: Uint8Array) {
  const type = incoming.headers["content-type"] ?? "";
  const uploads: Desk["files"] = new Map();
  if (!type.startsWith("multipart/")) {
    return {
      params: body.byteLength === 0 ? {} : fields(JSON.parse(Buffer.from(body).toString("utf8"))),
      uploads,
    };
  }
  const form = await new Response(Buffer.from(body), { headers: { "content-type": type } }).formData();
  const params: Params = {};
  for (const [key, value] of form as unknown as Iterable<[string, string | File]>) {
    if (typeof value === "string") params[key] = readValue(value);
    else uploads.set(key, { bytes: new Uint8Array(await value.arrayBuffer()), name: value.name });
  }
  return { params, uploads };
}

function readValue(text: string): unknown {
  try {
    return /^[[{]|^(true|false|-?\d+)$/.test(text) ? JSON.parse(text) : text;
  } catch {
    return text;
  }
}

function refusal(error_code: number, description: string) {
  return { ok: false, error_code, description };
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

function sendHtml(response: ServerResponse): void {
  response.writeHead(502, { "content-type": "text/html" });
  response.end("<html><head><title>502 Bad Gateway</title></head></html>");
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { port: { type: "string" }, token: { type: "string" } } });
  const fake = await startTelegram({
    ...(values.port === undefined ? {} : { port: Number(values.port) }),
    ...(values.token === undefined ? {} : { token: values.token }),
  });
  console.log(JSON.stringify({ url: fake.url, token: fake.token }));
}
