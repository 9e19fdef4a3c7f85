/** Writes the config again and again until it is killed: every text has its number three times. */
import { hashOf, readText } from "#src/config/load.ts";
import { writeConfig } from "#src/config/write.ts";

const path = process.argv[2] ?? "";
const place = { path, target: path, env: {}, judge: () => {}, overTheWire: true };

for (let count = 0; ; count++) {
  const text = readText(path);
  const baseHash = text === null ? undefined : hashOf(text);
  const filler = "x".repeat(20_000);
  const raw = `{ // ${count}\n  ui: { assistant: { name: "${count} ${filler}" } } } // ${count}`;
  writeConfig({ method: "config.set", raw, baseHash }, place);
  if (count === 0) console.log("writing");
}
