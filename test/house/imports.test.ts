import { describe, expect, test } from "bun:test";
import { doors, sideDoors } from "./doors.ts";
import { importsOf, isTest, roomOf, type Source, sources } from "./sources.ts";

const house = sources();
const rooms = house.filter(({ path }) => !isTest(path) && path !== "build.ts");

/** Why a file may not import what it imports. */
function trespasses({ path, text }: Source): string[] {
  const room = roomOf(path) ?? "";
  const allowed = doors[room];
  if (!allowed) return [`${path}: the room "${room}" is not in test/house/doors.ts`];
  return importsOf({ path, text }).flatMap((target) => {
    const goal = roomOf(target);
    const side = sideDoors[path] ?? [];
    if (side.includes(goal ?? target) || side.includes(target)) return [];
    if (goal === room || allowed.to.includes(target)) return [];
    if (goal !== null && allowed.to.includes(goal)) return [];
    if (target.startsWith(`src/${room}/`)) return [];
    if (goal === "protocol" || (goal === "lib" && room !== "protocol" && room !== "codegen")) return [];
    const builtIn = target.startsWith("node:") || target === "bun" || target.startsWith("bun:");
    if (builtIn && !allowed.pure) return [];
    if (goal === null && allowed.packages?.includes(target)) return [];
    return [`${path} imports ${target}: no door from ${room} to ${goal ?? "that package"}`];
  });
}

describe("the doors of the house", () => {
  for (const room of Object.keys(doors)) {
    test(`${room} enters only what is open to it`, () => {
      const inside = rooms.filter(({ path }) => roomOf(path) === room);
      expect(inside.flatMap(trespasses)).toEqual([]);
    });
  }

  test("every file is in a room that the table knows", () => {
    const unknown = rooms.filter(({ path }) => !doors[roomOf(path) ?? ""]);
    expect(unknown.map(({ path }) => path)).toEqual([]);
  });

  test("open one way: no room is entered by one that it enters itself", () => {
    const entered = new Set<string>();
    for (const [room, { to }] of Object.entries(doors)) {
      // Everything that a room enters stands above it in the table.
      for (const goal of to) if (goal in doors) expect(entered).toContain(goal);
      entered.add(room);
    }
  });

  test("are watched: a way through a wall is noticed, type-only and dynamic ones too", () => {
    const wall = (text: string) => trespasses({ path: "src/methods/chat.ts", text });
    expect(wall('import { a } from "#src/gateway/house.ts";')).toHaveLength(1);
    expect(wall('import type { A } from "../gateway/house.ts";')).toHaveLength(1);
    expect(wall('import {\n  type A,\n  b,\n} from "../gateway/house.ts";')).toHaveLength(1);
    expect(wall('export * from "../gateway/house.ts";')).toHaveLength(1);
    expect(wall('const house = await import("#src/gateway/house.ts");')).toHaveLength(1);
    expect(wall('import "ai";')).toHaveLength(1);
    expect(
      wall('import { createLanes } from "#src/sessions/lanes.ts";\nimport { x } from "./x.ts";'),
    ).toEqual([]);
    expect(
      trespasses({ path: "protocol/frames.ts", text: 'import { join } from "node:path";' }),
    ).toHaveLength(1);
    expect(
      trespasses({ path: "src/cli/commands/chat.ts", text: 'import("#src/gateway/house.ts")' }),
    ).toHaveLength(1);
    expect(trespasses({ path: "src/attic/box.ts", text: "" })).toHaveLength(1);
  });

  test("lead to files that exist", () => {
    const known = new Set(house.map(({ path }) => path));
    const lost = house.flatMap((source) =>
      importsOf(source)
        .filter((target) => /^(src|protocol|test)\/.*\.tsx?$/.test(target) && !known.has(target))
        .map((target) => `${source.path} imports ${target}`),
    );
    expect(lost).toEqual([]);
  });
});
