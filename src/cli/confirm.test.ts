import { expect, test } from "bun:test";
import { fakeTerminal } from "../../test/cli/fake-terminal.ts";
import { confirm } from "./confirm.ts";

const person = { stdin: true, stdout: true };

async function answered(input: string | null, env: Record<string, string> = {}) {
  const terminal = fakeTerminal({ ...person, env });
  const asked = confirm("Delete it?", false, terminal).then(
    () => "agreed",
    (cause: { exit: number; message: string }) => `${cause.exit} ${cause.message}`,
  );
  if (input === null) terminal.input.end();
  else terminal.input.write(input);
  return { outcome: await asked, out: terminal.out() };
}

test("a person is asked, and only a clear yes is one", async () => {
  for (const yes of ["y\n", "Y\n", " yes \n", "是\n"]) {
    expect(await answered(yes)).toEqual({ outcome: "agreed", out: "Delete it? [y/N] " });
  }
  for (const no of ["\n", "n\n", "yep\n", "delete\n"]) {
    expect((await answered(no)).outcome).toBe("1 nothing was changed");
  }
  expect(await answered(null)).toEqual({ outcome: "1 nothing was changed", out: "Delete it? [y/N] \n" });
  expect((await answered("\n", { LANG: "zh_CN.UTF-8" })).outcome).toBe("1 未做任何更改");
});

test("where nobody can be asked, --yes is compulsory; with it nobody is asked", async () => {
  for (const ends of [{}, { stdin: true }, { stdout: true }]) {
    const terminal = fakeTerminal(ends);
    await expect(confirm("Delete it?", false, terminal)).rejects.toMatchObject({
      exit: 2,
      message: "Delete it?",
      hint: expect.stringContaining("--yes"),
    });
    await confirm("Delete it?", true, terminal);
    expect(terminal.out()).toBe("");
  }
});
