/** HTTP as no client means it, byte by byte, against the executable. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { openBare, upgradeRequest } from "../wire/bare-socket.ts";
import { type Started, startExecutable } from "./executable.ts";

setDefaultTimeout(30_000);

const secret = "s3cret";
let gateway: Started;
beforeAll(async () => {
  gateway = await startExecutable({ args: ["--token", secret] });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
});

interface Answer {
  status: number;
  body: string;
}

/** Sends bytes and reads until the other side ends the connection; all answers in order. */
function exchange(bytes: string): Promise<Answer[]> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(gateway.port, "127.0.0.1", () => socket.write(Buffer.from(bytes, "latin1")));
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answersIn(text)));
  });
}

function answersIn(text: string): Answer[] {
  return text
    .split(/(?=HTTP\/1\.1 \d{3})/)
    .filter((part) => part !== "")
    .map((part) => ({
      status: Number(part.split(" ")[1]),
      body: part.slice(part.indexOf("\r\n\r\n") + 4),
    }));
}

const ours = () => `Host: 127.0.0.1:${gateway.port}\r\n`;
const last = "Connection: close\r\n";
const bearer = `Authorization: Bearer ${secret}\r\n`;
const get = (path: string, more = "") => `GET ${path} HTTP/1.1\r\n${ours()}${more}${last}\r\n`;

const bases = [
  "/",
  "/assets/",
  "/chat/",
  "/healthz/",
  "/v1/",
  "/hooks/",
  "/media/",
  "/avatar/",
  "/__moltbot__/canvas/",
  "/__openclaw__/a2ui/",
  "/api/channels/",
  "/protocol.schema.json/",
];
const ups = [
  "../",
  "%2e%2e/",
  "..%2f",
  "%2e%2e%2f",
  "%252e%252e%252f",
  "..\\",
  "..%5c",
  "..%00/",
  "....//",
  "..;/",
  "%c0%ae%c0%ae/",
];
const secretFile = /root:|BEGIN [A-Z ]*PRIVATE KEY|SQLite format/;

describe("a path that climbs", () => {
  test.each(bases)(
    "from %s is answered with 4xx in every spelling, with the secret and without",
    async (base) => {
      const paths = ups.flatMap((up) => [`${base}${up.repeat(6)}etc/passwd`, `${base}${up}local.key`]);
      const wrong: unknown[] = [];
      for (const path of paths) {
        for (const more of ["", bearer]) {
          const answers = await exchange(get(path, more));
          const [{ status, body } = { status: 0, body: "" }] = answers;
          const refused = status >= 400 && status < 500 && !secretFile.test(body) && answers.length === 1;
          if (!refused) wrong.push({ path, more, answers });
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  test("and what only looks like a probe or the page stands behind the gate", async () => {
    for (const path of [
      "/healthz/",
      "/%68ealthz",
      "/healthz%20",
      "/healthz;x",
      "/HEALTHZ",
      "/chat/a/b",
      "/index.html",
    ]) {
      expect([path, (await exchange(get(path)))[0]?.status]).toEqual([path, 401]);
    }
    for (const path of ["//healthz", "/healthz%2f", "/a//healthz", "/healthz%00"]) {
      expect([path, (await exchange(get(path)))[0]?.status]).toEqual([path, 400]);
    }
  });
});

describe("a method", () => {
  test.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"])(
    "%s is no way to read, and echoes nothing",
    async (method) => {
      for (const path of ["/", "/healthz", "/readyz", "/protocol.schema.json", "/nothing"]) {
        const request = `${method} ${path} HTTP/1.1\r\n${ours()}X-Echo: planted\r\nContent-Length: 0\r\n${last}\r\n`;
        const [answer, ...others] = await exchange(request);
        expect([path, answer?.status]).toEqual([path, path === "/nothing" ? 401 : 405]);
        expect(answer?.body).not.toContain("planted");
        expect(others).toEqual([]);
      }
    },
  );

  test.each(["BREW", "get", "G\u0000T", "", "X".repeat(5_000)])(
    "%p is none: no answer with content",
    async (method) => {
      const answers = await exchange(`${method} /healthz HTTP/1.1\r\n${ours()}${last}\r\n`);
      for (const { status } of answers) expect(status).toBeGreaterThanOrEqual(400);
    },
  );

  test("HEAD answers like GET without a body", async () => {
    for (const path of ["/", "/healthz", "/protocol.schema.json"]) {
      const answer = await exchange(`HEAD ${path} HTTP/1.1\r\n${ours()}${last}\r\n`);
      expect(answer).toEqual([{ status: 200, body: "" }]);
    }
  });
});

/** A request that must not be carried out: who finds its answer has read a body as a request. */
const hidden = () => `GET /healthz HTTP/1.1\r\n${ours()}${last}\r\n`;
const post = (headers: string, body: string) => `POST /nothing HTTP/1.1\r\n${ours()}${headers}\r\n${body}`;

describe("a body", () => {
  const table: [string, () => string][] = [
    [
      "with a length and in chunks",
      () => post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", `0\r\n\r\n${hidden()}`),
    ],
    [
      "in chunks and something else",
      () => post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", `0\r\n\r\n${hidden()}`),
    ],
    ["in an unknown coding", () => post("Transfer-Encoding: xchunked\r\n", `0\r\n\r\n${hidden()}`)],
    ["with a space before the colon", () => post("Transfer-Encoding : chunked\r\n", `0\r\n\r\n${hidden()}`)],
    ["with two lengths", () => post(`Content-Length: 0\r\nContent-Length: ${hidden().length}\r\n`, hidden())],
    ["with a list of lengths", () => post("Content-Length: 0, 0\r\n", hidden())],
    ["with a negative length", () => post("Content-Length: -1\r\n", hidden())],
    ["with a signed length", () => post("Content-Length: +0\r\n", hidden())],
    ["with a length in hex", () => post("Content-Length: 0x0\r\n", hidden())],
    ["with a length beyond counting", () => post("Content-Length: 99999999999999999999\r\n", hidden())],
    ["with a chunk size that is none", () => post("Transfer-Encoding: chunked\r\n", `zz\r\n${hidden()}`)],
    [
      "with a chunk size beyond counting",
      () => post("Transfer-Encoding: chunked\r\n", `ffffffffffffffff\r\n${hidden()}`),
    ],
    ["announced by a folded header", () => post(`X: a\r\n Content-Length: 0\r\n`, hidden())],
    ["announced by a header with a bare CR", () => post(`X: a\rContent-Length: 0\r\n`, hidden())],
    ["announced by a header with a NUL", () => post(`X: a\u0000b\r\n`, hidden())],
  ];
  test.each(table)("%s is refused, and what it hides is not carried out", async (_, request) => {
    const answers = await exchange(request());
    expect(answers.at(-1)?.status).toBeGreaterThanOrEqual(400);
    expect(answers.filter(({ status }) => status < 400)).toEqual([]);
  });

  test("of a request that needs none is no request of its own", async () => {
    for (const length of [0, 10]) {
      const head = `GET /startupz HTTP/1.1\r\n${ours()}Content-Length: ${hidden().length + length}\r\n\r\n`;
      const answers = await exchange(`${head}${hidden()}${"x".repeat(length)}${get("/readyz")}`);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(answers[0]?.body).toContain('"started"');
      expect(answers[1]?.body).toContain('"ready":true');
    }
  });

  test("over a mebibyte is refused by its length", async () => {
    const [answer] = await exchange(post(`Content-Length: ${1024 * 1024 + 1}\r\n${last}`, ""));
    expect(answer?.status).toBe(413);
  });
});

const malformed: [string, () => string, number][] = [
  ["a header of 20 KB", () => get("/", `X: ${"a".repeat(20_000)}\r\n`), 431],
  [
    "four hundred headers",
    () => get("/", Array.from({ length: 400 }, (_, n) => `X${n}: 1\r\n`).join("")),
    431,
  ],
  ["a path of 20 KB", () => get(`/${"a".repeat(20_000)}`), 431],
  ["a header without a colon", () => get("/", "nonsense\r\n"), 400],
  ["HTTP/0.9", () => "GET /healthz\r\n\r\n", 505],
  ["HTTP/1.0 without a Host", () => "GET /healthz HTTP/1.0\r\n\r\n", 403],
  ["HTTP/3.0", () => `GET /healthz HTTP/3.0\r\n${ours()}\r\n`, 505],
  ["the preface of HTTP/2", () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  ["bare line feeds", () => get("/healthz").replaceAll("\r", ""), 505],
  ["a TLS hello", () => "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", 400],
  ["nothing but line ends", () => "\r\n\r\n\r\n", 400],
];

test.each(malformed)("%s is refused at once", async (_, request, status) => {
  expect((await exchange(request())).map((answer) => answer.status)).toEqual([status]);
});

describe("Host and Origin", () => {
  const asked = async (host: string | undefined, origin: string | undefined, upgrade: boolean) => {
    const headers = { Host: host, Origin: origin };
    const plain = { Upgrade: undefined, Connection: "close" };
    using socket = await openBare(
      gateway.port,
      upgradeRequest(gateway.port, { ...headers, ...(upgrade ? {} : plain) }),
    );
    return Number(socket.head.split(" ")[1]);
  };
  const port = () => gateway.port;

  test("that are ours are admitted, with and without an upgrade", async () => {
    const table: [string, string | undefined][] = [
      [`127.0.0.1:${port()}`, undefined],
      [`localhost:${port()}`, undefined],
      [`LOCALHOST:${port()}`, undefined],
      [`[::1]:${port()}`, undefined],
      ["localhost:4000", "http://localhost:4000"],
      [`127.0.0.1:${port()}`, `http://127.0.0.1:${port()}`],
      [`127.0.0.1:${port()}`, "http://localhost:3000"],
    ];
    for (const [host, origin] of table) {
      expect([host, origin, await asked(host, origin, false)]).toEqual([host, origin, 200]);
      expect([host, origin, await asked(host, origin, true)]).toEqual([host, origin, 101]);
    }
  });

  test("that are not are refused, with and without an upgrade, the secret or not", async () => {
    const hosts = [
      "evil.example",
      "evil.example:18789",
      "127.0.0.1.evil.example",
      "127.0.0.1, evil.example",
      "evil@127.0.0.1",
      "127.0.0.1:99999999",
      "localhost.",
      "2130706433",
      "0x7f.1",
      "127.1",
      "0.0.0.0",
      "[::ffff:127.0.0.1]",
      "[::1",
      "localhost/evil",
      "localhost%00.evil.example",
      "",
    ];
    for (const host of hosts) {
      for (const upgrade of [false, true]) {
        const status = await asked(host, undefined, upgrade);
        // The server library refuses some of them before we see them.
        expect([host, status === 403 || status === 400]).toEqual([host, true]);
      }
    }
    const origins = [
      "https://evil.example",
      "null",
      "",
      "http://127.0.0.1.evil.example",
      "http://localhost@evil.example",
      "http://127.0.0.1:1/path",
      "file://",
      "http://0.0.0.0",
      "http://2130706433",
      "chrome-extension://abcdef",
      "http://localhost, http://evil.example",
    ];
    for (const origin of origins) {
      for (const upgrade of [false, true]) {
        expect([origin, await asked(`127.0.0.1:${port()}`, origin, upgrade)]).toEqual([origin, 403]);
      }
    }
  });
});

test("after all of that nothing has failed inside, and it still answers", async () => {
  await using client = await gateway.connect({ auth: { token: secret } });
  const { process } = await client.call("health", { probe: true });
  expect(process).toMatchObject({ pid: gateway.pid, containedErrors: 0 });
  const log = readFileSync(join(gateway.stateDir, "logs/moltbot.log"), "utf8");
  expect(log).not.toMatch(/"logLevelName":"(ERROR|FATAL)"/);
  expect(log + gateway.output()).not.toContain(secret);
});
