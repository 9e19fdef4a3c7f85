import { expect, test } from "bun:test";
import type { ServerWebSocket } from "bun";
import { createOutgoing } from "./outgoing.ts";

/** A socket whose client reads when it is told to. */
function slowSocket() {
  let waiting = 0;
  const socket = {
    readyState: 1,
    send(text: string) {
      waiting += text.length;
      return -1;
    },
    getBufferedAmount: () => waiting,
    cork: (work: () => void) => work(),
  } as unknown as ServerWebSocket<unknown>;
  const readAll = () => {
    waiting = 0;
  };
  return { socket, readAll };
}

function open(graceMs: number) {
  const { socket, readAll } = slowSocket();
  const { promise: overflown, resolve } = Promise.withResolvers<string>();
  const sheds: string[] = [];
  const outgoing = createOutgoing(socket, {
    maxEventBytes: 1_000,
    overflow: resolve,
    schedule: (each) => each.flush(),
    shed: (cause) => sheds.push(cause),
    graceMs,
  });
  return { outgoing, readAll, overflown, sheds };
}

const event = "x".repeat(600);

test("a slow client that reads on is told why it is ended", async () => {
  const { outgoing, readAll, overflown, sheds } = open(60_000);
  expect([outgoing.event(event, false), outgoing.event(event, false)]).toEqual([true, true]);
  expect(outgoing.eventBacklog).toBe(1_200);
  expect(outgoing.event(event, false)).toBe(false);
  readAll();
  outgoing.drained();
  expect(await overflown).toBe("slow-consumer");
  expect(sheds).toEqual(["slow-consumer"]);
});

test("one that does not is cut, so that what waits for it is let go of", async () => {
  const { outgoing, overflown, sheds } = open(1);
  for (let count = 0; count < 5; count += 1) outgoing.event(event, false);
  expect(await overflown).toBe("lost-frame");
  expect(sheds).toEqual(["slow-consumer"]);
});

test("an ended connection is closed once its client has read what it was sent", () => {
  const { outgoing, readAll, sheds } = open(60_000);
  const closed: string[] = [];
  outgoing.answer("the last answer");
  outgoing.finish(() => closed.push("closed"));
  outgoing.drained();
  expect(closed).toEqual([]);
  readAll();
  outgoing.drained();
  outgoing.drained();
  expect(closed).toEqual(["closed"]);
  expect(sheds).toEqual([]);
});

test("an ended connection whose client does not read is cut", async () => {
  const { outgoing, overflown } = open(1);
  outgoing.answer("the last answer");
  outgoing.finish(() => expect.unreachable());
  expect(await overflown).toBe("lost-frame");
});

test("an ended connection whose client has read everything is closed at once", () => {
  const { outgoing, readAll } = open(60_000);
  const closed: string[] = [];
  outgoing.answer("the last answer");
  readAll();
  outgoing.finish(() => closed.push("closed"));
  expect(closed).toEqual(["closed"]);
});
