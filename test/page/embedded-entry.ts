// The smallest executable with the page in it: prints what it serves below /bot.
import { createPage } from "#src/webchat/serve.ts";

const page = await createPage({ basePath: "/bot" });

async function fetchZipped(path: string) {
  const headers = { "accept-encoding": "gzip" };
  const response = page.respond(path, new Request(`http://localhost${path}`, { headers }));
  if (response === null) throw new Error(`${path} is not served`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { path, type: response.headers.get("content-type") ?? "", bytes };
}

const served = new Map<string, Awaited<ReturnType<typeof fetchZipped>>>();

async function follow(path: string) {
  const file = await fetchZipped(path);
  served.set(path, file);
  if (!/html|javascript/.test(file.type)) return;
  const text = new TextDecoder().decode(Bun.gunzipSync(file.bytes));
  for (const [, next] of text.matchAll(/"(\/bot\/assets\/[^"]+)"/g)) {
    if (next !== undefined && !served.has(next)) await follow(next);
  }
}

await follow("/bot/");
const all = [...served.values()];
console.log(JSON.stringify(all.map(({ path, type, bytes }) => ({ path, type, zipped: bytes.length }))));
