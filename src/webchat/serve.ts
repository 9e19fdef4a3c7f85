import { readFileSync } from "node:fs";
import { type EmbeddedFile, embeddedPage } from "./embedded-page.ts";

/** The chat page, held in memory and ready to be sent. */
export interface Page {
  /** The answer for a path of this page, or null for a path that is not its own. */
  respond(path: string, request: Request): Response | null;
}

interface Source {
  name: string;
  type: string;
  read(): Uint8Array<ArrayBuffer>;
}

interface Served {
  type: string;
  plain: Uint8Array<ArrayBuffer>;
  /** Made for the first who takes it, then kept. */
  zipped(): Uint8Array<ArrayBuffer>;
  etag: string;
  cache: string;
  /** What the browser may run and load for it. */
  policy: string;
}

const DAY_S = 86_400;
const ASSETS = "assets/";

/** Of what is not a file of the page, only the script and the styles count that stood in the document when built. */
function policyOf(text: string): string {
  const hashes = (parts: RegExp) =>
    [...text.matchAll(parts)].map(
      ([, part = ""]) => ` 'sha256-${new Bun.CryptoHasher("sha256").update(part).digest("base64")}'`,
    );
  return [
    "default-src 'none'",
    `script-src 'self'${hashes(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g).join("")}`,
    `style-src 'self'${hashes(/<style>([\s\S]*?)<\/style>/g).join("")}`,
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/**
 * The page that was embedded in the executable, read when it is first asked for; run from source, it is built
 * here and now. `basePath` is what stands before every path of the page, such as `/bot`; empty or `/` is the root.
 */
export async function createPage({ basePath }: { basePath: string }): Promise<Page> {
  const base = `${basePath.replace(/\/+$/, "")}/`;
  const sources = embeddedPage === null ? await build() : embeddedPage.map(readEmbedded);
  let served: Map<string, Served> | undefined;

  return {
    respond(path, request) {
      const isPage = isDocument(path, base);
      if (!isPage && path !== `${base}favicon.ico` && !path.startsWith(base + ASSETS)) return null;
      served ??= serve(sources, base);
      const file = served.get(isPage ? base : path);
      return file === undefined ? null : answer(file, request);
    },
  };
}

function serve(sources: readonly Source[], base: string): Map<string, Served> {
  const index = sources.find(({ name }) => name.endsWith(".html"));
  if (index === undefined) throw new Error("the chat page is missing from this build; build it again");
  const served = new Map<string, Served>();
  for (const part of sources) {
    const { name, type } = part;
    const bytes = withAddresses(part, sources, base + ASSETS);
    if (part === index) served.set(base, toServed(documentOf(bytes, base), type, "no-cache"));
    else served.set(base + ASSETS + name, toServed(bytes, type, `public, max-age=${365 * DAY_S}, immutable`));
    // Browsers ask for the icon by this name, too, where they do not read the page.
    if (type === "image/svg+xml") {
      served.set(`${base}favicon.ico`, toServed(bytes, type, `public, max-age=${DAY_S}`));
    }
  }
  return served;
}

/** The document with its own place, which the script in it goes by. */
function documentOf(html: Uint8Array, base: string): Uint8Array<ArrayBuffer> {
  const text = new TextDecoder()
    .decode(html)
    .replace('data-base="/"', () => `data-base="${Bun.escapeHTML(base)}"`);
  return new TextEncoder().encode(text);
}

function isDocument(path: string, base: string): boolean {
  if (path === base || `${path}/` === base || path === `${base}chat`) return true;
  // A session is one segment: what looks like more is nobody's address.
  return path.startsWith(`${base}chat/`) && !/\/./.test(path.slice(base.length + "chat/".length));
}

function readEmbedded({ name, type, path }: EmbeddedFile): Source {
  return { name, type, read: () => new Uint8Array(readFileSync(path)) };
}

let building: Promise<Source[]> | undefined;

/** Once per process: tests open many gateways. */
function build(): Promise<Source[]> {
  building ??= bundle();
  return building;
}

async function bundle(): Promise<Source[]> {
  const { buildPage } = await import("./build-page.ts");
  const files = await buildPage();
  return files.map(({ name, type, bytes }) => ({ name, type, read: () => bytes }));
}

/** Makes a part of the page ask for the others below the base path; the bundler knows only the root. */
function withAddresses(part: Source, parts: readonly Source[], prefix: string): Uint8Array<ArrayBuffer> {
  if (!isText(part)) return part.read();
  let text = new TextDecoder().decode(part.read());
  for (const { name } of parts) {
    for (const reference of references(name)) text = text.replaceAll(reference, `"${prefix}${name}"`);
  }
  return new TextEncoder().encode(text);
}

function references(name: string): string[] {
  return [`"/${name}"`, `"./${name}"`];
}

function isText({ type }: Source): boolean {
  return type.startsWith("text/html") || type.startsWith("text/javascript");
}

function toServed(plain: Uint8Array<ArrayBuffer>, type: string, cache: string): Served {
  // Weak, since one tag stands for the plain and the compressed form.
  const etag = `W/"${Bun.hash(plain).toString(36)}"`;
  let zipped: Uint8Array<ArrayBuffer> | undefined;
  return {
    type,
    plain,
    zipped() {
      // Ten is the first level at which this library looks for the smallest, in some 10 ms for the largest part.
      zipped ??= Bun.gzipSync(plain, { level: 10, library: "libdeflate" });
      return zipped;
    },
    etag,
    cache,
    policy: policyOf(type.startsWith("text/html") ? new TextDecoder().decode(plain) : ""),
  };
}

function answer(file: Served, request: Request): Response {
  const headers = new Headers({
    "content-security-policy": file.policy,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  });
  if (request.method !== "GET" && request.method !== "HEAD") {
    headers.set("allow", "GET, HEAD");
    return new Response("method not allowed; use GET\n", { status: 405, headers });
  }
  headers.set("etag", file.etag);
  headers.set("cache-control", file.cache);
  headers.set("vary", "accept-encoding");
  if (knows(request.headers.get("if-none-match"), file.etag))
    return new Response(null, { status: 304, headers });

  const zipped = takesGzip(request.headers.get("accept-encoding"));
  const body = zipped ? file.zipped() : file.plain;
  headers.set("content-type", file.type);
  headers.set("content-length", String(body.byteLength));
  if (zipped) headers.set("content-encoding", "gzip");
  return new Response(request.method === "HEAD" ? null : body, { headers });
}

function knows(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return (
    ifNoneMatch === "*" ||
    ifNoneMatch.split(",").some((known) => known.trim().replace(/^(?!W\/)/, "W/") === etag)
  );
}

function takesGzip(acceptEncoding: string | null): boolean {
  return (acceptEncoding ?? "").split(",").some((each) => {
    const [name, ...parameters] = each.split(";").map((part) => part.trim());
    return name === "gzip" && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
