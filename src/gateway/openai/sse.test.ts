import { describe, expect, test } from "bun:test";
import { createEventStream, data, done, named } from "./sse.ts";

describe("an event stream", () => {
  test("hands on what is sent in its order, and ends", async () => {
    const gone: string[] = [];
    const stream = createEventStream((why) => gone.push(why));
    stream.send([data({ n: 1 })]);
    const text = new Response(stream.body).text();
    stream.send([named("two", { n: 2 })]);
    await Promise.resolve();
    stream.send([]);
    stream.finish([data({ n: 3 }), done]);
    stream.send([data({ n: 4 })]);
    expect(await text).toBe(
      'data: {"n":1}\n\nevent: two\ndata: {"n":2}\n\ndata: {"n":3}\n\ndata: [DONE]\n\n',
    );
    expect(gone).toEqual([]);
  });

  test("is given up once more than a mebibyte waits for a reader that does not read", async () => {
    const gone: string[] = [];
    const stream = createEventStream((why) => gone.push(why));
    const chunk = "x".repeat(64 * 1024);
    for (let sent = 0; sent < 40; sent += 1) stream.send([chunk]);
    expect(gone).toEqual(["slow"]);
    await expect(new Response(stream.body).text()).rejects.toThrow("too slow");
  });

  test("a reader that keeps up may read any amount", async () => {
    const gone: string[] = [];
    const stream = createEventStream((why) => gone.push(why));
    const reader = stream.body.getReader();
    const chunk = "x".repeat(512 * 1024);
    for (let sent = 0; sent < 8; sent += 1) {
      stream.send([chunk]);
      expect((await reader.read()).value?.byteLength).toBe(chunk.length);
    }
    expect(gone).toEqual([]);
  });

  test("says once that its reader left", async () => {
    const gone: string[] = [];
    const stream = createEventStream((why) => gone.push(why));
    const reader = stream.body.getReader();
    stream.send([data({})]);
    await reader.read();
    await reader.cancel();
    stream.send([data({})]);
    stream.finish([done]);
    expect(gone).toEqual(["left"]);
  });
});
