import { expect, test } from "bun:test";
import { createEventBus } from "#src/lib/bus.ts";
import { createFanOut, type Listener } from "./fan-out.ts";

const megabyte = 1024 * 1024;

test("those for whom most waits are cut when too much waits for all together", () => {
  const fanOut = createFanOut({ bus: createEventBus(), stateVersion: () => ({ presence: 0, health: 0 }) });
  const cut: number[] = [];
  const listener = (backlog: number): Listener => ({
    caller: { role: "operator", scopes: new Set(["operator.read"]) },
    seq: 0,
    outgoing: {
      answer: () => {},
      event: () => true,
      flush: () => {},
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
