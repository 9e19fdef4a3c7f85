/** A neighbour in the network, with a reader of its own: asks for gateways, or sends rubbish first; prints what it hears. */
import { createSocket } from "node:dgram";

const [own = "", rubbish = "0"] = process.argv.slice(2);
const group = "224.0.0.251";
const socket = createSocket({ type: "udp4", reuseAddr: true });
socket.on("message", (bytes, { address }) => {
  if (address === own || (bytes[2] ?? 0) < 0x80) return;
  for (const line of records(bytes)) console.log(line);
});
socket.bind(5353, "0.0.0.0", async () => {
  socket.addMembership(group, own);
  socket.setMulticastInterface(own);
  for (let left = Number(rubbish); left > 0; left -= 1) {
    const bytes = crypto.getRandomValues(new Uint8Array(left % 600));
    // Half of it begins as a message would, and one in four of that is a question.
    if (left % 2 === 0)
      bytes.set(
        [0, 0, left % 8 === 0 ? 0 : 0x84, 0, 0, left % 3, 0, left % 5, 0, 0, 0, 0].slice(0, bytes.length),
      );
    socket.send(bytes, 5353, group);
    if (left % 50 === 0) await Bun.sleep(1);
  }
  console.log("ready");
  const labels = ["_clawdbot-gw", "_tcp", "local"].map((label) => String.fromCharCode(label.length) + label);
  const question = Buffer.from(`\0\0\0\0\0\u0001\0\0\0\0\0\0${labels.join("")}\0\0\u000c\0\u0001`, "latin1");
  const ask = () => socket.send(question, 5353, group);
  ask();
  setInterval(ask, 1_100);
});

function records(bytes: Buffer): string[] {
  let at = 12;
  const name = (from = at, inside = false): string => {
    let place = from;
    let text = "";
    for (;;) {
      const size = bytes.readUInt8(place);
      if (size >= 0xc0) {
        text += name(bytes.readUInt16BE(place) & 0x3fff, true);
        place += 2;
        break;
      }
      place += 1 + size;
      if (size === 0) break;
      text += `${bytes.toString("utf8", place - size, place)}.`;
    }
    if (!inside) at = place;
    return text;
  };
  const found: string[] = [];
  for (let left = bytes.readUInt16BE(4); left > 0; left -= 1) {
    name();
    at += 4;
  }
  for (let left = bytes.readUInt16BE(6) + bytes.readUInt16BE(10); left > 0; left -= 1) {
    const owner = name();
    const type = bytes.readUInt16BE(at);
    const ttl = bytes.readUInt32BE(at + 4);
    const end = at + 10 + bytes.readUInt16BE(at + 8);
    at += 10;
    if (type === 1) found.push(`A ${owner} ${ttl} ${[...bytes.subarray(at, end)].join(".")}`);
    if (type === 12) found.push(`PTR ${owner} ${ttl} ${name()}`);
    if (type === 33) {
      const port = bytes.readUInt16BE(at + 4);
      at += 6;
      found.push(`SRV ${owner} ${ttl} ${port} ${name()}`);
    }
    if (type === 16) {
      const texts: string[] = [];
      while (at < end) {
        const size = bytes.readUInt8(at);
        texts.push(bytes.toString("utf8", at + 1, at + 1 + size));
        at += 1 + size;
      }
      found.push(`TXT ${owner} ${ttl} ${texts.join("|")}`);
    }
    at = end;
  }
  return found;
}
