/**
 * The floor that the figures stand beside: what a Bun WebSocket server costs that speaks the same frames and does
 * nothing else. It knows nobody, checks nothing, keeps nothing, and answers with texts made in advance, as long as
 * the gateway's. Usage: bare-server '{"hello":3000,"chat":300,…}' (bytes; see measure-sizes.ts).
 */
import type { ServerWebSocket } from "bun";

const sizes = JSON.parse(process.argv.at(-1) ?? "{}") as Record<string, number>;
const sockets = new Set<ServerWebSocket>();
const challenge = '{"type":"event","event":"connect.challenge","payload":{"nonce":"n","ts":1}}';
const hello = padded('{"type":"res","id":"c0","ok":true,"payload":{"text":"', sizes.hello);
const event = padded('{"type":"event","event":"chat","payload":{"text":"', sizes.chat);
/** The least that a chat's page has: one message, a word that it is connected, and a box. */
const page =
  '<!doctype html><title>bare</title><p class="dot open"></p><div class=row><p class=markdown>Hello</p></div><textarea id=message autofocus></textarea>';
const answers = new Map<string, string>();

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request, server) =>
    server.upgrade(request)
      ? undefined
      : new Response(page, {
          headers: { "content-type": "text/html; charset=utf-8" },
        }),
  websocket: {
    perMessageDeflate: false,
    open(socket) {
      sockets.add(socket);
      socket.send(challenge);
    },
    message(socket, text) {
      const { method } = JSON.parse(String(text)) as { method: string };
      if (method === "connect") {
        socket.send(hello);
        return;
      }
      if (method === "agent") void takeAnswer(socket);
      if (method === "chat.inject") for (const each of sockets) each.send(event);
      socket.send(answerTo(method));
    },
    close: (socket) => void sockets.delete(socket),
  },
});
console.log(`http://127.0.0.1:${server.port}/`);

/** Takes a model's answer to its end: lines, and each event parsed, since before that nobody knows a token. */
async function takeAnswer(socket: ServerWebSocket): Promise<void> {
  const response = await fetch(`${process.env.OPENAI_BASE_URL}/chat/completions`, {
    method: "POST",
    body: '{"stream":true}',
  });
  const decoder = new TextDecoder();
  const marker = "data: {";
  let rest = "";
  let said = "";
  for await (const chunk of response.body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith(marker)) continue;
      const { choices } = JSON.parse(line.slice(marker.length - 1)) as Chunk;
      said += choices[0]?.delta.content ?? "";
    }
  }
  if (said !== "") socket.send(answerTo("agent"));
}

interface Chunk {
  choices: { delta: { content?: string } }[];
}

function answerTo(method: string): string {
  let answer = answers.get(method);
  if (answer === undefined) {
    answer = padded('{"type":"res","id":"q0","ok":true,"payload":{"text":"', sizes[method]);
    answers.set(method, answer);
  }
  return answer;
}

function padded(start: string, bytes = 0): string {
  return `${start.padEnd(bytes - 3, "x")}"}}`;
}
