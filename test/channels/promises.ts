/** What every channel promises to whoever writes there: the compiled gateway, a person, and what goes wrong. */
import { expect, test } from "bun:test";
import type { Person, PersonOptions } from "./person.ts";
import { openTown, type Town } from "./town.ts";

export type Arrive = (options?: PersonOptions) => Promise<Person>;

const timeout = 60_000;
const said = (...texts: string[]) => texts.map((text) => `You said: ${text}`);

/** One person writes and is answered, so that everything is known to work. */
async function greeted(town: Town, person: Person): Promise<void> {
  await town.start();
  await person.until(() => person.standing()?.connected);
  person.write("before");
  await person.until(() => person.answers().at(-1) === said("before")[0]);
}

export function promises(arrive: Arrive, others: readonly Arrive[]): void {
  test(
    "what is written while the gateway is stopped is answered once, in its order, after the start",
    async () => {
      const person = await arrive();
      await using town = await openTown([person]);
      await greeted(town, person);
      await town.end("SIGTERM");
      for (const text of ["one", "two", "three"]) person.write(text);
      await town.start();
      await person.until(() => person.answers().length >= 4);
      expect(person.answers()).toEqual(said("before", "one", "two", "three"));
      expect(town.model.requests.length).toBe(4);
    },
    { timeout },
  );

  test(
    "killed between a message and its answer, the gateway answers it once",
    async () => {
      const person = await arrive();
      await using town = await openTown([person]);
      await greeted(town, person);
      town.model.setMode("slow");
      person.write("still there?");
      await town.model.waitForRequest(2);
      await town.end();
      town.model.setMode("normal");
      await town.start();
      await person.until(() => person.answers().at(-1) === said("still there?")[0]);
      expect(person.answers()).toEqual(said("before", "still there?"));
    },
    { timeout },
  );

  test(
    "a message that is brought twice is one turn, before its answer and after it",
    async () => {
      const person = await arrive();
      await using town = await openTown([person]);
      await greeted(town, person);
      town.model.setMode("slow");
      person.write("once");
      await town.model.waitForRequest(2);
      await person.bringAgain();
      town.model.setMode("normal");
      town.model.release();
      await person.until(() => person.answers().at(-1) === said("once")[0]);
      await person.bringAgain();
      person.write("after");
      await person.until(() => person.answers().at(-1) === said("after")[0]);
      expect(person.answers()).toEqual(said("before", "once", "after"));
      expect(town.model.requests.length).toBe(3);
    },
    { timeout },
  );

  test(
    "where the word of an arrival is lost there is one copy, and no doubt that nobody is told of",
    async () => {
      const person = await arrive();
      await using town = await openTown([person]);
      await town.start();
      await person.until(() => person.standing()?.connected);
      person.loseWord();
      person.write("precious");
      await town.model.waitForRequest(1);
      await person.wordIsLost();
      await person.until(() => person.answers().length > 0);
      person.write("after");
      await person.until(() => person.answers().at(-1) === said("after")[0]);
      expect(person.answers()).toEqual(said("precious", "after"));
      expect(town.model.requests.length).toBe(2);
      const doubts = (await town.outbox()).map(({ state, preview }) => [state, preview]);
      expect([[], [["unknown", said("precious")[0]]]]).toContainEqual(doubts);
    },
    { timeout },
  );

  test(
    "a connection that goes dead is said to be, and what was written meanwhile is answered when it is whole",
    async () => {
      const { length } = await kindsOfCable(arrive);
      for (let kind = 0; kind < length; kind += 1) {
        const person = await arrive();
        const cable = person.cables[kind];
        await using town = await openTown([person]);
        await greeted(town, person);
        cable?.pull();
        for (const text of ["one", "two", "three"]) person.write(text);
        const standing = await person.until(() => person.standing()?.is === "waiting" && person.standing());
        expect([cable?.name, standing]).toEqual([
          cable?.name,
          { connected: false, is: "waiting", why: expect.stringMatching(/lost|not reachable|no answer/) },
        ]);
        expect(person.answers()).toEqual(said("before"));
        cable?.plug();
        await person.until(() => person.answers().length >= 4);
        expect(person.answers()).toEqual(said("before", "one", "two", "three"));
        await person.until(() => person.standing()?.connected);
      }
    },
    { timeout },
  );

  test(
    "a login that is refused is said, and not tried again by itself; the others are answered meanwhile",
    async () => {
      const person = await arrive({ wrong: true });
      const friends = await Promise.all(others.map((other) => other()));
      await using town = await openTown([person, ...friends]);
      await town.start();
      await person.until(() => person.standing()?.is === person.refusal);
      const connects = person.connects();
      for (const friend of friends) {
        friend.write("hello");
        await friend.until(() => friend.answers().at(-1) === said("hello")[0]);
      }
      expect([person.standing()?.connected, person.connects(), person.answers()]).toEqual([
        false,
        connects,
        [],
      ]);
    },
    { timeout },
  );

  test(
    "while its connection is dead the others are answered",
    async () => {
      const person = await arrive();
      const friends = await Promise.all(others.map((other) => other()));
      await using town = await openTown([person, ...friends]);
      await greeted(town, person);
      person.cables[0]?.pull();
      for (const friend of friends) {
        friend.write("hello");
        await friend.until(() => friend.answers().at(-1) === said("hello")[0]);
      }
      expect(person.answers()).toEqual(said("before"));
    },
    { timeout },
  );
}

async function kindsOfCable(arrive: Arrive): Promise<readonly unknown[]> {
  await using person = await arrive();
  return person.cables;
}
