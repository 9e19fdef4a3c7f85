import { tooComplex } from "#src/lib/validators.ts";
import { BadRequest } from "./failure.ts";
import { isObject } from "./program-request.ts";

/** How long a body may take to arrive. */
const withinMs = 30_000;

/** The JSON object in a request's body, at most `maxBytes` of it. */
export async function readBody(request: Request, maxBytes: number): Promise<Record<string, unknown>> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  let value: unknown;
  try {
    value = JSON.parse(await readText(request, maxBytes));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new BadRequest(`the body is not JSON: ${error.message}`);
  }
  const problem = tooComplex(value);
  if (problem !== null) throw new BadRequest(`the body is ${problem}`);
  if (!isObject(value)) throw new BadRequest("the body must be a JSON object");
  return value;
}

async function readText(request: Request, maxBytes: number): Promise<string> {
  if (request.body === null) return "";
  const reader = request.body.getReader();
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    void reader.cancel().catch(() => {});
  }, withinMs);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (isLate) throw new BadRequest(`the body took longer than ${withinMs / 1000} s`, { status: 408 });
      if (done) return Buffer.concat(chunks).toString("utf8");
      bytes += value.byteLength;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      chunks.push(value);
    }
  } finally {
    clearTimeout(late);
    void reader.cancel().catch(() => {});
  }
}

function tooLarge(maxBytes: number): BadRequest {
  return new BadRequest(`the body exceeds ${maxBytes} bytes; send less`, {
    status: 413,
    code: "request_too_large",
  });
}
