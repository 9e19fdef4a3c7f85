/** A program that writes numbered rows through the transactor and prints each number once it is acknowledged. */
import { openDatabase } from "#src/store/database.ts";
import { createTransactor } from "#src/store/transactor.ts";

const transactor = createTransactor(openDatabase(process.argv[2] ?? ""));
const first = Number(process.argv[3]);

for (let number = first; ; number++) {
  await transactor.transact((db) =>
    db
      .query(
        "INSERT INTO message (session_id, message_id, role, json, created_at) VALUES ('s', ?, 'user', '{}', 1)",
      )
      .run(String(number)),
  );
  process.stdout.write(`${number}\n`);
}
