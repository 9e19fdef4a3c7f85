/** Keeps events with the platform's cursor, and changes the config, on a disk that may fail; prints what it was told. */
import { join } from "node:path";
import type { InboundEvent } from "#src/channels/inbound.ts";
import { hashOf, readText } from "#src/config/load.ts";
import { writeConfig } from "#src/config/write.ts";
import { createKeepStore } from "#src/inbox/keep.ts";
import { messageOf } from "#src/lib/errors.ts";
import { createAccountRows } from "#src/store/account-rows.ts";
import { closeDatabase, openDatabase } from "#src/store/database.ts";
import { createTransactor } from "#src/store/transactor.ts";

const stateDir = process.argv[2] ?? "";
const say = (...words: (string | number)[]) => console.log(words.join(" "));

try {
  const db = openDatabase(stateDir);
  const transactor = createTransactor(db);
  const keep = createKeepStore(db, Date.now);
  const rows = createAccountRows(db, transactor);
  say("opened");
  for (let number = 1; number <= 4; number += 1) {
    const conversation = { kind: "direct", id: "1" } as const;
    const base = {
      type: "message",
      conversation,
      sender: { id: "1" },
      id: `m${number}`,
      text: "x".repeat(9_000),
    };
    const event = { ...base, at: 1, attachments: [], mentionsUs: "no" } as unknown as InboundEvent;
    try {
      await transactor.transact(() => {
        keep.add("fake", "default", [event]);
        rows.set("fake", "default", "offset", String(number));
      });
      say("kept", number);
    } catch (error) {
      say("refused", number, messageOf(error));
      break;
    }
  }
  transactor.close();
  closeDatabase(db);
} catch (error) {
  say("failed", messageOf(error));
}
const path = join(stateDir, "moltbot.json");
try {
  const baseHash = hashOf(readText(path) ?? "");
  const place = { path, target: path, env: {}, judge: () => {}, overTheWire: true };
  writeConfig({ method: "config.set", raw: '{ ui: { assistant: { name: "new" } } }\n', baseHash }, place);
  say("config new");
} catch (error) {
  say("config refused", messageOf(error));
}
