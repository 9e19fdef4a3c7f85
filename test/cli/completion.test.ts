import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { shells } from "#src/cli/completion-tree.ts";
import { type Home, openHome } from "./run-moltbot.ts";
import { missingShell } from "./shells.ts";

let home: Home;
const scripts: Record<string, string> = {};

beforeAll(async () => {
  home = openHome();
  for (const shell of shells) {
    const { code, out } = await home.run(["completion", shell]);
    expect(code).toBe(0);
    scripts[shell] = join(home.path, `moltbot.${shell}`);
    await Bun.write(scripts[shell] as string, out);
  }
});
afterAll(() => home[Symbol.dispose]());

function run(program: string, ...args: string[]): string {
  const child = Bun.spawnSync([program, ...args], {
    cwd: home.path,
    env: { PATH: process.env.PATH ?? "", HOME: home.path, LANG: "C.UTF-8" },
  });
  expect(child.stderr.toString()).toBe("");
  return child.stdout.toString();
}

for (const shell of shells) {
  test.skipIf(missingShell(shell) !== null)(
    `the script for ${shell} is one, in either language`,
    async () => {
      run(shell, "-n", scripts[shell] as string);
      const { out } = await home.run(["completion", shell], { env: { LANG: "zh_CN.UTF-8" } });
      const path = join(home.path, `chinese.${shell}`);
      await Bun.write(path, out);
      run(shell, "-n", path);
    },
  );
}

/** What is typed, and what may stand in the place of its last word. */
const cases: [typed: string, offered: string[]][] = [
  ["moltbot sta", ["status"]],
  ["moltbot sessions e", ["export"]],
  ["moltbot sessions ", ["delete", "export", "list", "rename", "reset", "show"]],
  ["moltbot model ", ["add", "list", "test", "use"]],
  ["moltbot gateway r", []],
  ["moltbot sessions export main --fo", ["--force", "--format"]],
  ["moltbot sessions export main --format ", ["jsonl", "markdown"]],
  ["moltbot sessions export main -o sum", ["summary.md"]],
  ["moltbot --profile work heal", ["health"]],
  ["moltbot gateway --log-format p", ["pretty"]],
  ["moltbot gateway --no-o", ["--no-open"]],
  ["moltbot agent -m sta", []],
  ["moltbot logs --level w", ["warn"]],
  ["moltbot completion f", ["fish"]],
  ["moltbot sessions list x", []],
];

describe.skipIf(missingShell("bash") !== null)("in bash", () => {
  const complete = `complete_line() {
    COMP_WORDS=($1); [[ $1 == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMPREPLY=(); _moltbot; printf '%s\\n' "\${COMPREPLY[@]}"
  }`;

  test("the words and values that fit are offered", async () => {
    await Bun.write(join(home.path, "summary.md"), "");
    for (const [typed, offered] of cases) {
      const out = run(
        "bash",
        "-c",
        `source "$1"; ${complete}; complete_line "$2"`,
        "bash",
        scripts.bash as string,
        typed,
      );
      expect([typed, out.split("\n").filter(Boolean).sort()]).toEqual([typed, offered]);
    }
  });

  test("a file's name is completed whole where it has blanks, and a folder goes on", async () => {
    await Bun.write(join(home.path, "my notes", "plan.md"), "");
    await Bun.write(join(home.path, "my notes.md"), "");
    let screen = "";
    const shell = Bun.spawn(["bash", "--norc", "-i"], {
      cwd: home.path,
      env: { PATH: process.env.PATH ?? "", HOME: home.path, TERM: "dumb", LANG: "C.UTF-8", PS1: "ready> " },
      terminal: {
        cols: 200,
        data: (_, bytes) => {
          screen += new TextDecoder().decode(bytes);
        },
      },
    });
    shell.terminal?.write(`source '${scripts.bash}'; moltbot() { printf 'ran:%s\\n' "\${@: -1}"; }\r`);
    for (const [typed, last] of [
      ["moltbot sessions export main -o my\\ notes.\t\r", "my notes.md"],
      ["moltbot sessions export main -o my\\ notes/p\t\r", "my notes/plan.md"],
      ["moltbot sessions export main -o plain\t\r", "plain"],
    ] as const) {
      shell.terminal?.write(typed);
      while (!screen.includes(`ran:${last}\r`)) {
        if (shell.exitCode !== null) throw new Error(`bash ended: ${screen}`);
        await Bun.sleep(5);
      }
    }
    shell.kill("SIGKILL");
    await shell.exited;
    shell.terminal?.close();
  });

  test("--flag=value is completed after the equals sign, which bash takes for a word", () => {
    const words = `COMP_WORDS=(moltbot sessions export main --format = m); COMP_CWORD=6; _moltbot; echo "\${COMPREPLY[*]}"`;
    expect(run("bash", "-c", `source "$1"; ${words}`, "bash", scripts.bash as string)).toBe("markdown\n");
  });
});

describe.skipIf(missingShell("fish") !== null)("in fish", () => {
  const complete = (typed: string) =>
    run("fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]", scripts.fish as string, typed);

  test("the words and values that fit are offered, with what they do", async () => {
    await Bun.write(join(home.path, "summary.md"), "");
    for (const [typed, offered] of cases) {
      const names = complete(typed)
        .split("\n")
        .filter(Boolean)
        .map((line) => line.split("\t")[0]);
      expect([typed, names.sort()]).toEqual([typed, offered]);
    }
    expect(complete("moltbot sessions e")).toBe(
      "export\tWrite out a whole session, as JSON lines or Markdown\n",
    );
  });
});

describe.skipIf(missingShell("zsh") !== null)("in zsh", () => {
  test("a tab completes commands, flags and values on a real terminal", async () => {
    await Bun.write(join(home.path, "zsh-summary.md"), "");
    let screen = "";
    const decoder = new TextDecoder();
    const shell = Bun.spawn(["zsh", "-f", "-i"], {
      cwd: home.path,
      env: { PATH: process.env.PATH ?? "", HOME: home.path, TERM: "dumb", LANG: "C.UTF-8" },
      terminal: {
        cols: 200,
        data: (_, bytes) => {
          screen += decoder.decode(bytes, { stream: true });
        },
      },
    });
    const shows = async (text: string, from: number) => {
      while (!screen.slice(from).includes(text)) {
        if (shell.exitCode !== null) throw new Error(`zsh ended: ${screen}`);
        await Bun.sleep(5);
      }
    };
    shell.terminal?.write(
      `autoload -Uz compinit; compinit -D -u; source '${scripts.zsh}'; PS1='rea''dy> '; moltbot() { echo "ran: $*" }\r`,
    );
    await shows("ready> ", 0);
    for (const [typed, ran] of [
      ["moltbot sess\tli\t", "sessions list"],
      ["moltbot sessions export main --forc\t", "sessions export main --force"],
      ["moltbot sessions export main --format=m\t", "sessions export main --format=markdown"],
      ["moltbot --profile work sta\t", "--profile work status"],
      ["moltbot logs --level w\t", "logs --level warn"],
      ["moltbot completion f\t", "completion fish"],
      ["moltbot sessions export main -o zsh\t", "sessions export main -o zsh-summary.md"],
      ["moltbot gateway -p 1 --no-o\t", "gateway -p 1 --no-open"],
    ] as const) {
      const from = screen.length;
      shell.terminal?.write(`${typed}\r`);
      await shows(`ran: ${ran}`, from);
    }
    shell.kill("SIGKILL");
    await shell.exited;
    shell.terminal?.close();
  });
});
