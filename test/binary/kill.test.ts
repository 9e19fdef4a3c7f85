/** The executable dies at any moment, again and again, while people write to it. */
import { expect, test } from "bun:test";
import { disksCanFail } from "../store/disk-faults.ts";
import { killingOf, killRounds } from "./kill-rounds.ts";

const killing = killingOf(process.env, 16);

for (const failingDisk of [false, true]) {
  test.skipIf(failingDisk && !disksCanFail)(
    `killed at random moments${failingDisk ? ", on a disk that fails now and then," : ""} it answers every message once, in order, or says of which it does not know`,
    async () => {
      const tally = await killRounds({ ...killing, failingDisk });
      console.log(`kill: ${JSON.stringify({ ...tally, faults: tally.faults.length })}`);
      expect({ seed: killing.seed, faults: tally.faults }).toEqual({ seed: killing.seed, faults: [] });
      expect(tally.answered).toBeGreaterThan(0);
    },
    { timeout: 90_000 + killing.rounds * 3_000 },
  );
}
