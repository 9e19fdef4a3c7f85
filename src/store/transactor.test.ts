import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { GatewayError } from "#src/lib/errors.ts";
import { createTransactor, type TransactorOptions } from "./transactor.ts";

/** A transactor over a table `item` in memory. */
function writing(options: TransactorOptions = {}) {
  const db = new Database(":memory:", { strict: true });
  db.run("CREATE TABLE item (name TEXT PRIMARY KEY) STRICT");
  const transactor = createTransactor(db, options);
  const insert = (name: string) => (into: Database) => {
    into.query("INSERT INTO item VALUES (?)").run(name);
    return name;
  };
  const names = () =>
    db
      .query<{ name: string }, []>("SELECT name FROM item")
      .all()
      .map(({ name }) => name);
  return { db, transactor, insert, names, [Symbol.dispose]: () => db.close() };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("works of one loop turn are in one transaction, in their order, and none is known before its commit", async () => {
  using house = writing();
  const inside: boolean[] = [];
  const settled: string[] = [];
  const works = ["a", "b", "c"].map((name) =>
    house.transactor
      .transact((db) => {
        inside.push(db.inTransaction);
        expect(settled).toEqual([]);
        return house.insert(name)(db);
      })
      .then((result) => {
        expect(house.db.inTransaction).toBe(false);
        settled.push(result);
      }),
  );
  expect(house.names()).toEqual([]);
  await Promise.all(works);
  expect(settled).toEqual(["a", "b", "c"]);
  expect(inside).toEqual([true, true, true]);
  expect(house.names()).toEqual(["a", "b", "c"]);
});

test("a work that throws takes back its own writes and rejects alone", async () => {
  using house = writing();
  const failed = house.transactor.transact((db) => {
    house.insert("half")(db);
    throw new Error("no");
  });
  const results = await Promise.allSettled([
    house.transactor.transact(house.insert("a")),
    failed,
    house.transactor.transact(house.insert("a")),
    house.transactor.transact(house.insert("b")),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
  await expect(failed).rejects.toThrow("no");
  expect(house.names()).toEqual(["a", "b"]);
});

test("the first of several works may throw, and the others are committed", async () => {
  using house = writing();
  const after: string[] = [];
  const results = await Promise.allSettled([
    house.transactor.transact((db) => {
      house.insert("a")(db);
      house.transactor.afterCommit(() => after.push("a"));
      throw new Error("no");
    }),
    house.transactor.transact(house.insert("b")),
    house.transactor.transact((db) => {
      house.transactor.afterCommit(() => after.push("c"));
      return house.insert("c")(db);
    }),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  expect(house.names()).toEqual(["b", "c"]);
  expect(after).toEqual(["c"]);
});

test("a lone work that throws leaves nothing, and what it asked for meanwhile goes on", async () => {
  using house = writing();
  let meanwhile: Promise<string> | undefined;
  const failed = house.transactor.transact((db) => {
    house.insert("half")(db);
    meanwhile = house.transactor.transact(house.insert("later"));
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  expect(await meanwhile).toBe("later");
  expect(house.names()).toEqual(["later"]);
  const unfinished = house.transactor.transact(async (db) => house.insert("half")(db));
  await expect(unfinished).rejects.toThrow("asynchronous");
  expect(house.names()).toEqual(["later"]);
});

test("a lone work that goes on although the transaction was ended under it is not acknowledged", async () => {
  using house = writing();
  const lost = house.transactor.transact((db) => {
    house.insert("a")(db);
    db.run("ROLLBACK");
    return "done";
  });
  await expect(lost).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(await house.transactor.transact(house.insert("b"))).toBe("b");
  expect(house.names()).toEqual(["b"]);
});

test("transactNow commits what waits before it, and then itself", async () => {
  using house = writing();
  const earlier = house.transactor.transact(house.insert("first"));
  expect(house.transactor.transactNow((db) => [house.insert("second")(db), house.names()])).toEqual([
    "second",
    ["first", "second"],
  ]);
  expect(house.db.inTransaction).toBe(false);
  expect(await earlier).toBe("first");
  expect(() => house.transactor.transactNow(house.insert("first"))).toThrow("UNIQUE");
  await turn();
  expect(house.names()).toEqual(["first", "second"]);
});

test("inside a work transactNow joins it and falls with it", async () => {
  using house = writing();
  const outer = house.transactor.transact((db) => {
    expect(() =>
      house.transactor.transactNow((inner) => {
        house.insert("lost")(inner);
        throw new Error("inner");
      }),
    ).toThrow("inner");
    house.transactor.transactNow(house.insert("kept"));
    return house.insert("outer")(db);
  });
  await outer;
  expect(house.names()).toEqual(["kept", "outer"]);
  await expect(
    house.transactor.transact(() => {
      house.transactor.transactNow(house.insert("inner"));
      throw new Error("outer");
    }),
  ).rejects.toThrow("outer");
  expect(house.names()).toEqual(["kept", "outer"]);
});

test("an asynchronous work is refused, since the commit would not wait for it", async () => {
  using house = writing();
  const work = house.transactor.transact(async (db) => house.insert("a")(db));
  await expect(work).rejects.toThrow("must not be asynchronous");
  expect(house.names()).toEqual([]);
});

test("a commit that fails saves nothing, and everyone hears it with the cause", async () => {
  using house = writing();
  house.db.run("PRAGMA foreign_keys = ON");
  house.db.run("CREATE TABLE child (parent TEXT REFERENCES item (name) DEFERRABLE INITIALLY DEFERRED)");
  const results = await Promise.allSettled([
    house.transactor.transact(house.insert("a")),
    // Deferred constraints are judged by the COMMIT itself.
    house.transactor.transact((db) => db.run("INSERT INTO child VALUES ('nobody')")),
  ]);
  for (const result of results) {
    if (result.status === "fulfilled") throw new Error("it was acknowledged");
    expect(result.reason).toBeInstanceOf(GatewayError);
    expect(result.reason).toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("FOREIGN KEY"),
    });
  }
  expect(house.names()).toEqual([]);
  expect(await house.transactor.transact(house.insert("b"))).toBe("b");
});

test("when SQLite ends the transaction by itself, what had gone well in it is not acknowledged", async () => {
  using house = writing();
  const results = await Promise.allSettled([
    house.transactor.transact(house.insert("a")),
    // What a full disk does to a transaction, as far as the transactor can see.
    house.transactor.transact((db) => {
      db.run("ROLLBACK");
      throw new Error("database or disk is full");
    }),
    house.transactor.transact(house.insert("c")),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
  expect(results[0]).toMatchObject({ reason: { code: "UNAVAILABLE" } });
  expect(house.names()).toEqual(["c"]);
});

test("a burst is cut into slices, so that other work comes between", async () => {
  let time = 0;
  using house = writing({ sliceMs: 10, clock: () => time });
  const works = Array.from({ length: 25 }, (_, index) =>
    house.transactor.transact((db) => {
      time += 1;
      return house.insert(String(index))(db);
    }),
  );
  await turn();
  expect(house.names()).toHaveLength(10);
  await Promise.all(works);
  expect(house.names()).toHaveLength(25);
});

test("close commits what waits and refuses what comes later", async () => {
  using house = writing();
  const waiting = house.transactor.transact(house.insert("a"));
  house.transactor.close();
  expect(house.names()).toEqual(["a"]);
  expect(await waiting).toBe("a");
  await expect(house.transactor.transact(house.insert("b"))).rejects.toThrow("the gateway is stopping");
  expect(() => house.transactor.transactNow(house.insert("b"))).toThrow("the gateway is stopping");
});

test("what is to follow a commit follows it, and not where the work, or its part, was taken back", async () => {
  using house = writing();
  const told: string[] = [];
  const tell = (name: string) =>
    house.transactor.afterCommit(() => {
      expect(house.db.inTransaction).toBe(false);
      told.push(name);
    });
  const failed = house.transactor.transact((db) => {
    house.insert("half")(db);
    tell("half");
    throw new Error("no");
  });
  await Promise.allSettled([
    failed,
    house.transactor.transact((db) => {
      house.insert("a")(db);
      tell("a");
      try {
        house.transactor.transactNow((inner) => {
          house.insert("part")(inner);
          tell("part");
          throw new Error("not this part");
        });
      } catch {}
      tell("after the part");
      expect(told).toEqual([]);
    }),
  ]);
  await turn();
  expect(told).toEqual(["a", "after the part"]);
  expect(house.names()).toEqual(["a"]);
});

test("outside of a work there is no commit to wait for", () => {
  using house = writing();
  expect(() => house.transactor.afterCommit(() => {})).toThrow("outside of a work");
});
