/** Messages from the command line, through a gateway, to Telegram. */
import { expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTelegram } from "../fakes/telegram.ts";
import { startHouse } from "../wire/start-house.ts";
import { openHome } from "./run-moltbot.ts";

async function world() {
  const telegram = await startTelegram();
  telegram.chat(77);
  telegram.chat(-1001, { title: "Family" });
  const home = openHome();
  await mkdir(home.stateDir, { recursive: true, mode: 0o700 });
  const bot = { botToken: telegram.token, apiRoot: telegram.url, allowFrom: [77] };
  const house = await startHouse({ stateDir: home.stateDir, config: { channels: { telegram: bot } } });
  await telegram.called("getUpdates", 1);
  const files = await mkdtemp(join(tmpdir(), "moltbot-files-"));
  return {
    telegram,
    home,
    files,
    async [Symbol.asyncDispose]() {
      await rm(files, { recursive: true, force: true });
      await house.stop();
      home[Symbol.dispose]();
      await telegram[Symbol.asyncDispose]();
    },
  };
}

test("a poll takes its answers one by one, its hours, and a group's number as it is", async () => {
  await using here = await world();
  const ask = ["message", "poll", "--to", "-1001", "--question", "Tea?", "--duration-hours", "2"];
  const done = await here.home.run([...ask, "--option", "Tea", "--option", "Coffee|Water"]);
  expect(done).toMatchObject({ code: 0, err: "" });
  const [shown] = here.telegram.ours(-1001);
  expect(shown?.poll).toMatchObject({ question: "Tea?", options: ["Tea", "Coffee", "Water"] });
  const { params } = await here.telegram.called("sendPoll");
  expect(params.open_period).toBe(7_200);
  expect(await here.home.run([...ask, "--option", "Tea"])).toMatchObject({ code: 2 });
});

test("a file is taken from where its sender is, small or large, and no copy is left", async () => {
  await using here = await world();
  const { telegram, home, files } = here;
  for (const [name, bytes] of [
    ["small.txt", 1_000],
    ["large.txt", 700_000],
  ] as const) {
    const path = join(files, name);
    await Bun.write(path, "x".repeat(bytes));
    const sent = await home.run(["message", "send", "--to", "77", "--media", path, "-m", "look"]);
    expect(sent).toMatchObject({ code: 0, err: "" });
    expect(telegram.ours(77).at(-1)).toMatchObject({ text: "look", media: { name, bytes } });
  }
  expect(await readdir(join(home.stateDir, "media", "given"))).toEqual([]);
  const none = await home.run(["message", "send", "--to", "77", "--media", "nothing.png"]);
  expect(none.err).toContain("there is no file nothing.png below the media directory");
});
