// Imports every module of WATCHED and says which of them did something by being imported.
const { WATCHED, ...env } = process.env;
let current = "";
/** Tells what a module of ours does; what a package of others does is its own affair. */
function tell(deed) {
  const caller = new Error().stack
    ?.split("\n")
    .find((line) => /\/src\/|\/protocol\/|node_modules/.test(line));
  if (current !== "" && caller && !caller.includes("node_modules"))
    console.log(`${current} ${deed} when it is imported`);
}
function forbid(owner, name) {
  const original = owner[name];
  owner[name] = function watched(...given) {
    tell(`calls ${name}`);
    return original.apply(this, given);
  };
}
process.env = new Proxy(env, {
  get(target, name) {
    if (typeof name === "string") tell(`reads ${name} from the environment`);
    return target[name];
  },
});
forbid(globalThis, "setTimeout");
forbid(globalThis, "setInterval");
forbid(globalThis, "setImmediate");
forbid(globalThis, "fetch");
forbid(process, "on");
forbid(process, "once");
forbid(Bun, "serve");
const modules = JSON.parse(WATCHED);
for (const path of modules) {
  current = path;
  await import(path);
}
current = "";
console.log(`imported ${modules.length}`);
process.exit(0);
