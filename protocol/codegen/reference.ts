import {
  type Catalogue,
  type Contract,
  catalogue,
  type Definition,
  type EventEntry,
  type MethodEntry,
} from "./contract.ts";
import type { Exchange } from "./examples.ts";
import { conversation, fieldTable, typeText } from "./reference-parts.ts";

/** `REFERENCE.md`: the contract as a page for people, with the golden frames as examples. */
export function reference(contract: Contract, exchanges: Exchange[]): string {
  const book = catalogue(contract);
  const examples = (of: string) => exchanges.filter((exchange) => exchange.of === of);
  const blocks = [
    opening(contract),
    frames(book),
    handshakeSection(contract, book, examples),
    generations(contract),
    access(),
    requests(),
    repeats(),
    errors(contract, examples),
    closes(contract, examples),
    methodsSection(contract, book, examples),
    eventsSection(book, examples),
    models(book),
  ];
  return `${blocks.join("\n\n")}\n`;
}

type Examples = (of: string) => Exchange[];

function opening(contract: Contract): string {
  return `# The gateway protocol

Version ${contract.version}; clients of version ${contract.minVersion} are served too. Written by \`bun run protocol:gen\` from \`protocol/\` and
\`test/golden/\`: edit those. The same contract as JSON Schema is \`protocol/protocol.schema.json\`, which a running
gateway serves at \`GET /protocol.schema.json\`; as Swift it is \`swift/Sources/MoltbotProtocol/GatewayModels.swift\`.

Contents: [frames](#frames) · [handshake](#handshake) · [generations](#generations) · [access](#access) ·
[requests](#requests) · [repeats](#repeats) · [errors](#errors) · [closes](#closes) · [methods](#methods) ·
[events](#events) · [models](#models)`;
}

function frames(book: Catalogue): string {
  const tables = frameNames.map((name) => `### ${name}\n\n${fieldTable(definition(book, name).schema)}`);
  return `## Frames

One WebSocket, any path, text messages, one JSON object in each. \`type\` says which of three it is: \`req\` asks,
\`res\` answers under the same \`id\`, \`event\` tells. Keys that are not listed are refused.

${tables.join("\n\n")}

\`seq\` counts the events of one connection from 1. A number that is skipped is an event that was dropped because
the listener was slow: nothing is sent again, so ask for the state anew. Events that are addressed to one
connection carry no \`seq\`. \`stateVersion\` comes with events about presence and health.

Before validation a message is refused that nests deeper than 64 levels or has more than 10,000 keys and list items.`;
}

function handshakeSection(contract: Contract, book: Catalogue, examples: Examples): string {
  const connect = book.methods.find((method) => method.domain === "handshake");
  if (!connect) throw new Error("the contract has no handshake");
  return `## Handshake

1. The gateway sends \`connect.challenge\` as soon as the socket is open.
2. The client's first message is the request \`connect\`, within 10 s. Unknown keys in it are dropped.
3. The gateway answers with \`hello-ok\`, or with an error and a close.

A client that has a device identity signs the challenge's nonce. A loopback client without a configured secret is
let in with the scopes that it asks for, read and write at most. Scopes that were not asked for are not granted.

${methodBlock(connect, book, examples, contract)}`;
}

function generations(contract: Contract): string {
  return `## Generations

A client names a range, \`minProtocol\` to \`maxProtocol\`. The gateway picks the highest generation that both speak,
says it in \`hello-ok.protocol\`, and keeps to it on that connection. Without overlap the answer is \`protocol
mismatch\` and close 1002.

| | ${contract.minVersion} | ${contract.version} |
| --- | --- | --- |
| a missing scope | \`INVALID_REQUEST\`, \`missing scope: …\` | \`FORBIDDEN\`, the same text, \`details.missingScope\` |
| \`details.code\` in errors of the handshake | sent, not needed | sent; clients stop reconnecting on it |`;
}

function access(): string {
  return `## Access

Every method wants one scope, or only a finished handshake (\`connected\`). \`operator.admin\` covers all scopes and
\`operator.write\` covers \`operator.read\`. Events reach those whose scopes cover their audience; \`everyone\` means
every connection after hello-ok, and \`addressee\` the one connection that is meant.`;
}

function requests(): string {
  return `## Requests

Requests of one connection start in the order in which they arrive and run side by side, so answers may overtake one
another. At most 256 may wait for an answer; beyond that the answer is \`UNAVAILABLE\` with \`retryAfterMs\`. Closing the
socket ends what waits for it; a run belongs to its session and goes on. A method that answers twice sends its first
answer at once and the last one under the same \`id\`.`;
}

function repeats(): string {
  return `## Repeats

A method with an \`idempotencyKey\` has its effect once for each key. The gateway remembers a key for 24 h, across
restarts, separately for each caller and method; a failure that had no effect is not remembered, and another payload under
a used key is refused. What the second request gets:

| repeat | answer |
| --- | --- |
| \`again\` | There is no key: the method is carried out again. |
| \`stored\` | The first request's answer, after waiting for it where it still runs. |
| \`state\` | \`{runId, status: "in_flight"}\` while the run lasts, then \`{runId, status: "ok"}\`. |
| \`accepted\` | The first answer (\`accepted\`) while the run lasts, then the last one. |`;
}

function errors(contract: Contract, examples: Examples): string {
  const rows = Object.entries(contract.errors).map(
    ([code, { retryable, means }]) => `| \`${code}\` | ${retryable ? "yes" : "no"} | ${means} |`,
  );
  const shown = Object.keys(contract.errors).flatMap((code) => examples(`error ${code}`));
  return `## Errors

| code | may work later | meaning |
| --- | --- | --- |
${rows.join("\n")}

${shown.map(conversation).join("\n\n")}`;
}

function closes(contract: Contract, examples: Examples): string {
  const rows = Object.values(contract.closes).map(
    ({ code, reason, reconnect, means }) =>
      `| ${code} | ${reason === "" ? "" : `\`${reason}\``} | ${reconnect ? "yes" : "no"} | ${means} |`,
  );
  const shown = Object.keys(contract.closes).flatMap((name) => examples(`close ${name}`));
  return `## Closes

\`…\` stands for a text that varies.

| code | reason | reconnect | meaning |
| --- | --- | --- | --- |
${rows.join("\n")}

${shown.map(conversation).join("\n\n")}`;
}

function methodsSection(contract: Contract, book: Catalogue, examples: Examples): string {
  const domains = Object.keys(contract.domains).filter((domain) => domain !== "handshake");
  const listed = domains.map((domain) => {
    const names = book.methods
      .filter((method) => method.domain === domain)
      .map((method) => `\`${method.name}\``);
    return `| ${domain} | ${names.join(", ")} |`;
  });
  const blocks = domains.map((domain) => {
    const methods = book.methods.filter((method) => method.domain === domain);
    return `### ${domain}\n\n${methods.map((method) => methodBlock(method, book, examples, contract)).join("\n\n")}`;
  });
  return `## Methods

| domain | methods |
| --- | --- |
${listed.join("\n")}

${blocks.join("\n\n")}`;
}

function methodBlock(
  { name, declaration, params, result, accepted }: MethodEntry,
  book: Catalogue,
  examples: Examples,
  contract: Contract,
): string {
  const facts = [
    `access \`${declaration.access}\``,
    `repeat \`${declaration.repeat}\``,
    ...(declaration.since > contract.minVersion ? [`since ${declaration.since}`] : []),
    ...(declaration.tolerant ? ["unknown params are dropped"] : []),
    ...(accepted ? ["answers twice"] : []),
  ];
  const tables = [`Params\n\n${schemaText(book, params)}`];
  if (accepted) tables.push(`First answer\n\n${schemaText(book, accepted)}`);
  tables.push(`${accepted ? "Last answer" : "Result"}\n\n${schemaText(book, result)}`);
  return `#### ${name}

${declaration.summary}

${facts.join(" · ")}

${[...tables, ...examples(`method ${name}`).map(conversation)].join("\n\n")}`;
}

function eventsSection(book: Catalogue, examples: Examples): string {
  return `## Events

What happens when the listener is slow: \`drop\` leaves the event out, and its number with it; \`disconnect\` closes
the socket, since the event must not be missed; \`drop-deltas\` leaves out what a later event of the same run repeats,
and else disconnects.

${book.events.map((event) => eventBlock(event, book, examples)).join("\n\n")}`;
}

const subscribing = {
  sessions: "`sessions.subscribe`",
  messages: "`sessions.messages.subscribe`",
};

function eventBlock({ name, declaration, payload }: EventEntry, book: Catalogue, examples: Examples): string {
  const facts = [
    `audience \`${declaration.audience}\``,
    `when slow \`${declaration.whenSlow}\``,
    ...(declaration.versioned ? ["carries `stateVersion`"] : []),
    ...(declaration.subscribed
      ? [`to subscribers only, without \`seq\`: ${subscribing[declaration.subscribed]}`]
      : []),
  ];
  return `### Event ${name}

${declaration.summary}

${facts.join(" · ")}

${[`Payload\n\n${schemaText(book, payload)}`, ...examples(`event ${name}`).map(conversation)].join("\n\n")}`;
}

const frameNames = ["RequestFrame", "ResponseFrame", "EventFrame", "StateVersion"];

/** What other schemas refer to; everything else stands where it is used. */
function models(book: Catalogue): string {
  const parts = [...book.definitions.values()].filter(
    ({ name }) => isReferredTo(book, name) && !frameNames.includes(name),
  );
  return `## Models

${parts.map(({ schema, name }) => `### ${name}\n\n${schema.properties ? fieldTable(schema) : typeText(schema)}`).join("\n\n")}`;
}

function schemaText(book: Catalogue, name: string): string {
  const { schema } = definition(book, name);
  if (isReferredTo(book, name)) return typeText({ $ref: `#/definitions/${name}` });
  return schema.properties ? fieldTable(schema) : typeText(schema);
}

function isReferredTo(book: Catalogue, name: string): boolean {
  const reference = `"#/definitions/${name}"`;
  return [...book.definitions.values()].some(({ schema }) => JSON.stringify(schema).includes(reference));
}

function definition(book: Catalogue, name: string): Definition {
  const found = book.definitions.get(name);
  if (!found) throw new Error(`the contract defines no ${name}`);
  return found;
}
