import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { link, mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { selfSigned, toPem } from "#src/gateway/self-signed.ts";
import { isPublicAddress } from "./address.ts";
import { fetchMedia } from "./fetch.ts";
import { kindOf } from "./kind.ts";
import { takeLocalFile } from "./local-file.ts";
import { mediaLinesOf, takeMedia } from "./take.ts";

const png = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="),
  (each) => each.charCodeAt(0),
);

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "moltbot-media-")));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options = () => ({ directory: join(folder, "outbound"), maxBytes: 10_000 });

describe("addresses", () => {
  test("only those of hosts on the internet are public", () => {
    for (const address of ["93.184.216.34", "8.8.8.8", "172.32.0.1", "2606:2800:220:1::1", "2a00:1450::1"])
      expect({ address, public: isPublicAddress(address) }).toEqual({ address, public: true });
    for (const address of [
      ...["127.0.0.1", "127.255.1.2", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
      ...[
        "169.254.169.254",
        "100.64.0.1",
        "100.127.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
      ],
      ...[
        "192.0.0.8",
        "192.0.2.1",
        "203.0.113.9",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
      ],
      ...["ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1"],
      ...["2002:7f00:1::", "2001::1", "2001:db8::1", "100::1", "localhost", "", "1.2.3"],
    ])
      expect({ address, public: isPublicAddress(address) }).toEqual({ address, public: false });
  });
});

describe("a file by its address", () => {
  test("none of the ways to write this machine's address reaches it", async () => {
    let hits = 0;
    const answer = () => {
      hits += 1;
      return new Response("secret");
    };
    using server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => answer() });
    const { port } = server;
    const hosts = [
      ...["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0.0.0.0", "localhost", "localhost."],
      ...["127.0.0.1.", "[::1]", "[::]", "[::ffff:7f00:1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]"],
      ...["１２７.0.0.1", "ⓛocalhost", "169.254.169.254"],
    ];
    for (const host of hosts)
      await expect(fetchMedia(`http://${host}:${port}/x`, options())).rejects.toThrow(
        /private network|no host/,
      );
    for (const url of [
      "file:///etc/passwd",
      "ftp://x.y/z",
      "data:text/plain,x",
      "gopher://x",
      "http://",
      "//x.y/z",
    ])
      await expect(fetchMedia(url, options())).rejects.toThrow("no address of http or https");
    await expect(fetchMedia(`http://a:b@127.0.0.1:${port}/`, options())).rejects.toThrow("user or password");
    expect(hits).toBe(0);
  });

  test("a name that answers differently the second time is asked once, and a name with one private address is refused", async () => {
    using inside = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("secret") });
    let asked = 0;
    const rebinding = async () => {
      asked += 1;
      return [asked === 1 ? "127.0.0.3" : "127.0.0.1"];
    };
    const connected: string[] = [];
    const allows = (address: string) => {
      connected.push(address);
      // Nothing listens there; it stands for a host on the internet.
      return address === "127.0.0.3";
    };
    await expect(
      fetchMedia(`http://rebind.test:${inside.port}/`, {
        ...options(),
        lookup: rebinding,
        allows,
        timeoutMs: 300,
      }),
    ).rejects.toThrow(/did not come in time|cannot be fetched/);
    expect({ asked, connected }).toEqual({ asked: 1, connected: ["127.0.0.3"] });
    const both = async () => ["93.184.216.34", "10.0.0.1"];
    await expect(fetchMedia("http://both.test/", { ...options(), lookup: both })).rejects.toThrow(
      "private network",
    );
  });

  test("comes from the address that was judged, under its own name, over TLS too, whatever proxy is set", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const now = Date.now();
    const cert = toPem(
      selfSigned({
        key: privateKey,
        commonName: "media.test",
        names: ["media.test"],
        notBefore: now - 60_000,
        notAfter: now + 3_600_000,
      }),
    );
    const seen: (string | null)[] = [];
    using server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      tls: { cert, key: privateKey.export({ type: "pkcs8", format: "pem" }) },
      fetch(request) {
        seen.push(
          request.headers.get("host"),
          request.headers.get("authorization"),
          request.headers.get("cookie"),
        );
        return new Response(png);
      },
    });
    const local = {
      ...options(),
      ca: cert,
      lookup: async () => ["127.0.0.1"],
      allows: () => true,
    };
    const before = process.env.HTTPS_PROXY;
    process.env.HTTPS_PROXY = "http://127.0.0.1:9";
    try {
      const media = await takeMedia(`https://media.test:${server.port}/a/cat.jpg?x=1`, {
        ...local,
        root: folder,
      });
      expect({ ...media, path: "" }).toEqual({
        kind: "image",
        path: "",
        mimeType: "image/png",
        fileName: "cat.jpg",
        bytes: png.length,
      });
      expect(await Bun.file(media.path).bytes()).toEqual(png);
      expect(seen).toEqual([`media.test:${server.port}`, null, null]);
      await expect(fetchMedia(`https://other.test:${server.port}/`, local)).rejects.toThrow("ALTNAME");
    } finally {
      if (before === undefined) delete process.env.HTTPS_PROXY;
      else process.env.HTTPS_PROXY = before;
    }
  });

  test("redirects are judged anew and counted; size and time have a limit; compressed answers are refused", async () => {
    let hits = 0;
    const answer = () => {
      hits += 1;
      return new Response("secret");
    };
    using inside = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => answer() });
    using server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch(request) {
        const { pathname } = new URL(request.url);
        if (pathname === "/in") return Response.redirect(`http://inside.test:${inside.port}/`);
        if (pathname === "/loop") return new Response(null, { status: 302, headers: { location: "/loop" } });
        if (pathname === "/once") return new Response(null, { status: 302, headers: { location: "/png" } });
        if (pathname === "/png") return new Response(png);
        if (pathname === "/gone") return new Response("no", { status: 404 });
        if (pathname === "/zip")
          return new Response(Bun.gzipSync(png), { headers: { "content-encoding": "gzip" } });
        if (pathname === "/endless")
          return new Response(
            new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(4_096).fill(65)) }),
          );
        return new Response(new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(1)) }));
      },
    });
    // One address stands for the internet here, the other for this machine.
    const lookup = async (host: string) => [host === "inside.test" ? "127.0.0.2" : "127.0.0.1"];
    const local = { ...options(), lookup, allows: (address: string) => address === "127.0.0.1" };
    const at = (path: string) => fetchMedia(`http://out.test:${server.port}${path}`, local);
    await expect(at("/in")).rejects.toThrow("private network");
    expect(hits).toBe(0);
    await expect(at("/loop")).rejects.toThrow("redirects more than 3 times");
    expect((await at("/once")).mimeType).toBe("image/png");
    await expect(at("/gone")).rejects.toThrow("status 404");
    await expect(at("/zip")).rejects.toThrow("compressed");
    await expect(at("/endless")).rejects.toThrow("larger than 0 MB");
    await expect(
      fetchMedia(`http://out.test:${server.port}/slow`, { ...local, timeoutMs: 200 }),
    ).rejects.toThrow("did not come in time");
    expect((await readdir(local.directory)).filter((name) => name.endsWith(".part"))).toEqual([]);
  });
});

describe("a file by its path", () => {
  test("is read below the media root and nowhere else, whatever way leads there", async () => {
    const root = join(folder, "root");
    await mkdir(join(root, "sub"), { recursive: true });
    await writeFile(join(root, "sub", "a.png"), png);
    await writeFile(join(folder, "secret.txt"), "secret");
    await symlink(join(folder, "secret.txt"), join(root, "link.txt"));
    await symlink(folder, join(root, "up"));
    await symlink(join(root, "sub"), join(root, "in"));
    await mkdir(`${root}-beside`);
    await writeFile(join(`${root}-beside`, "b.txt"), "x");
    await link(join(root, "sub", "a.png"), join(root, "hard.png"));
    const local = { ...options(), root };
    for (const named of [
      "sub/a.png",
      join(root, "sub/a.png"),
      `file://${root}/sub/a.png`,
      "in/a.png",
      "hard.png",
    ])
      expect((await takeLocalFile(named, local)).mimeType).toBe("image/png");
    for (const named of [
      ...[
        "/etc/passwd",
        "../secret.txt",
        "~/.ssh/id_rsa",
        "link.txt",
        "up/secret.txt",
        "sub/../../secret.txt",
      ],
      ...[
        "file:///etc/passwd",
        "file://host/etc/passwd",
        `${root}-beside/b.txt`,
        "../nothing",
        "javascript:1",
      ],
      ...["a\0b", "data:text/plain,x", root],
    ])
      await expect(takeLocalFile(named, local)).rejects.toThrow("is not below the media directory");
    await expect(takeLocalFile("none.png", local)).rejects.toThrow("there is no file none.png");
    await expect(takeLocalFile("sub", local)).rejects.toThrow("is not a file");
    await expect(takeLocalFile("sub/a.png", { ...local, maxBytes: 10 })).rejects.toThrow("larger than");
    await expect(takeLocalFile("x", { ...local, root: join(folder, "none") })).rejects.toThrow(
      "no media directory",
    );
  });
});

describe("what a file is", () => {
  test("is told by its bytes", () => {
    const of = (head: string, name = "x") => {
      const { kind, mimeType, ending } = kindOf(Buffer.from(head, "latin1"), name);
      return [kind, mimeType, ending];
    };
    expect(of("\x89PNG\r\n\x1a\n....", "a.exe")).toEqual(["image", "image/png", "png"]);
    expect(of("GIF89a")).toEqual(["animation", "image/gif", "gif"]);
    expect(of("OggS....................OpusHead")).toEqual(["voice", "audio/ogg", "ogg"]);
    expect(of("....ftypisom")).toEqual(["video", "video/mp4", "mp4"]);
    expect(of("....ftypM4A ")).toEqual(["audio", "audio/mp4", "m4a"]);
    expect(of("%PDF-1.7")).toEqual(["document", "application/pdf", "pdf"]);
    expect(of("<html><script>", "a.html")).toEqual(["document", "text/plain", "html"]);
    expect(of("PK\x03\x04", "a.docx")[1]).toContain("wordprocessingml");
    expect(of("\x00\x01\x02", "a.png")).toEqual(["document", "application/octet-stream", "png"]);
  });
});

test("lines that name files are taken out of an agent's text, but not out of its fences", () => {
  expect(mediaLinesOf("Here:\nMEDIA: a/b.png\nMEDIA:`c d.png`\n```\nMEDIA:no\n```\nend MEDIA:no")).toEqual({
    text: "Here:\n```\nMEDIA:no\n```\nend MEDIA:no",
    media: ["a/b.png", "c d.png"],
  });
  expect(mediaLinesOf("nothing")).toEqual({ text: "nothing", media: [] });
});
