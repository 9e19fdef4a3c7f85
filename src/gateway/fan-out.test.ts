import { expect, test } from "bun:test";
import type { ServerWebSocket } from "bun";
import type { Scope } from "#protocol/access.ts";
import { createEventBus } from "#src/lib/bus.ts";
import { createFanOut, type Listener } from "./fan-out.ts";
import { createOutgoing } from "./outgoing.ts";

const megabyte = 1024 * 1024;

test("those for whom most waits are cut when too much waits for all together", () => {
  const fanOut = createFanOut({ bus: createEventBus(), stateVersion: () => ({ presence: 0, health: 0 }) });
  const cut: number[] = [];
  const listener = (backlog: number): Listener => ({
    caller: { role: "operator", scopes: new Set(["operator.read"]) },
    outgoing: {
      answer: () => {},
      event: () => true,
      join: () => {},
      flush: () => backlog > 0,
      drained: () => {},
      congested: false,
      eventBacklog: backlog,
      finish: (close) => close(),
      cut: () => void cut.push(backlog),
    },
  });
  const backlogs = [0, 16, 1, 8, 12].map((count) => count * megabyte);
  const listeners = backlogs.map(listener);
  for (const each of listeners) {
    fanOut.add(each);
    fanOut.schedule(each.outgoing);
  }
  fanOut.flush();
  expect(cut).toEqual([16 * megabyte]);
});

/** A fan-out with listeners whose sockets keep what they are sent, as `[answer]` or an event's number. */
function listening() {
  const bus = createEventBus();
  const fanOut = createFanOut({ bus, stateVersion: () => ({ presence: 0, health: 0 }) });
  function join(...scopes: Scope[]) {
    const heard: string[] = [];
    const socket = {
      readyState: 1,
      // A client that never reads leaves all of it in the socket.
      isStuck: false,
      waiting: 0,
      send(text: string) {
        heard.push(text.startsWith("[") ? text : `${JSON.parse(text).event} ${JSON.parse(text).seq}`);
        if (!this.isStuck) return text.length;
        this.waiting += text.length;
        return -1;
      },
      getBufferedAmount: () => socket.waiting,
      cork: (work: () => void) => work(),
    };
    const outgoing = createOutgoing(socket as unknown as ServerWebSocket<unknown>, {
      maxEventBytes: 1_000_000,
      overflow: () => {},
      schedule: fanOut.schedule,
      shed: (cause) => heard.push(cause),
    });
    const listener: Listener = { caller: { role: "operator", scopes: new Set(scopes) }, outgoing };
    fanOut.add(listener);
    return { heard, listener, outgoing, socket };
  }
  const tick = () => bus.emit("tick", { ts: 1 });
  const asked = () =>
    bus.emit("device.pair.resolved", { requestId: "r", deviceId: "d", decision: "approved", ts: 1 });
  return { fanOut, join, tick, asked };
}

test("an answer takes the events before it along, and they are not sent again", () => {
  const { fanOut, join, tick } = listening();
  const [one, other] = [join("operator.read"), join("operator.read")];
  tick();
  tick();
  one.outgoing.answer("[answer]");
  expect(one.heard).toEqual(["tick 2", "tick 3", "[answer]"]);
  expect(other.heard).toEqual([]);
  tick();
  fanOut.flush();
  expect(one.heard).toEqual(["tick 2", "tick 3", "[answer]", "tick 4"]);
  expect(other.heard).toEqual(["tick 2", "tick 3", "tick 4"]);
});

test("who comes later hears what comes later, without a hole to the first event", () => {
  const { fanOut, join, tick } = listening();
  const early = join("operator.read");
  tick();
  const late = join("operator.read");
  fanOut.tell(late.listener, "tick", '{"ts":1}');
  tick();
  fanOut.flush();
  expect(early.heard).toEqual(["tick 2", "tick 3"]);
  expect(late.heard).toEqual(["tick 2", "tick 3"]);
});

test("what somebody may not hear leaves no hole in their numbers", () => {
  const { fanOut, join, tick, asked } = listening();
  const [reader, pairer] = [join("operator.read"), join("operator.read", "operator.pairing")];
  tick();
  asked();
  tick();
  fanOut.flush();
  expect(reader.heard).toEqual(["tick 2", "tick 3"]);
  expect(pairer.heard).toEqual(["tick 2", "device.pair.resolved 3", "tick 4"]);
});

test("what a slow listener misses has a number all the same", () => {
  const { fanOut, join, tick } = listening();
  const { heard, socket } = join("operator.read");
  socket.isStuck = true;
  tick();
  fanOut.flush();
  socket.waiting = 300_000;
  tick();
  fanOut.flush();
  socket.waiting = 0;
  tick();
  fanOut.flush();
  expect(heard).toEqual(["tick 2", "dropped-event", "tick 4"]);
});

test("what is told while events leave comes after them", () => {
  const { fanOut, join, tick } = listening();
  const { heard, socket } = join("operator.read");
  const other = join("operator.read");
  let hasTold = false;
  const send = socket.send.bind(socket);
  socket.send = (text) => {
    if (!hasTold) tick();
    hasTold = true;
    return send(text);
  };
  tick();
  fanOut.flush();
  fanOut.flush();
  expect(heard).toEqual(["tick 2", "tick 3"]);
  expect(other.heard).toEqual(["tick 2", "tick 3"]);
});
