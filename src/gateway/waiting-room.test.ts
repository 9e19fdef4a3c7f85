import { expect, test } from "bun:test";
import { createWaitingRoom } from "./waiting-room.ts";

test("who waits while the process stands still is not timed out for it, but is for its own silence", async () => {
  let clock = 0;
  let looks = 0;
  const gone: string[] = [];
  const monotonicMs = () => {
    looks += 1;
    return clock;
  };
  const room = createWaitingRoom({ monotonicMs, handshakeTimeoutMs: 1_500, shed: () => undefined });
  room.enter({
    source: "peer",
    drop: () => void gone.push("dropped"),
    timeOut: () => void gone.push("timed out"),
  });
  const lookedAfter = async (ms: number) => {
    clock += ms;
    const before = looks;
    while (looks === before) await Bun.sleep(5);
  };
  await lookedAfter(3_600_000);
  expect(gone).toEqual([]);
  await lookedAfter(400);
  expect(gone).toEqual([]);
  await lookedAfter(100);
  expect(gone).toEqual(["timed out"]);
  room.close();
});
