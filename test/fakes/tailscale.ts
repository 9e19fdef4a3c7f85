/** A `tailscale` program that writes down what it is asked and knows who is where. */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";

const home = process.env.FAKE_TAILSCALE ?? "";
const args = process.argv.slice(2);
appendFileSync(join(home, "calls"), `${args.join(" ")}\n`);

/** Logins by address, the name of this machine, and whether nothing works. */
interface Tailnet {
  people: Record<string, string>;
  name: string;
  broken: boolean;
}

const { people, name, broken } = JSON.parse(readFileSync(join(home, "tailnet.json"), "utf8")) as Tailnet;
const [verb, ...rest] = args;
if (broken) {
  console.error("failed to connect to local tailscaled; it doesn't appear to be running");
  process.exit(1);
}
if (verb === "whois") {
  const login = people[rest.at(-1) ?? ""];
  if (login === undefined) {
    console.error("peer not found");
    process.exit(1);
  }
  console.log(JSON.stringify({ Node: { Name: "peer." }, UserProfile: { ID: 1, LoginName: login } }));
} else if (verb === "status") {
  console.log(JSON.stringify({ BackendState: "Running", Self: { DNSName: `${name}.` } }));
} else if (verb !== "serve" && verb !== "funnel") {
  console.error(`unknown command ${verb}`);
  process.exit(2);
}
