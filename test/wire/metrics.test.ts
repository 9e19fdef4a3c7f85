import { expect, test } from "bun:test";
import { startHouse } from "./start-house.ts";

const on = { http: { endpoints: { metrics: { enabled: true } } } };

/** Reads the text format by its grammar: every sample belongs to a family that was declared, with its type. */
function parse(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  const families = new Set<string>();
  expect(text.endsWith("\n")).toBe(true);
  for (const line of text.trimEnd().split("\n")) {
    const [, declared] = /^# TYPE ([a-z_]+) (?:gauge|counter|histogram)$/.exec(line) ?? [];
    if (declared !== undefined) families.add(declared);
    if (line.startsWith("#")) {
      expect(line).toMatch(/^# (HELP|TYPE) [a-z_]+ \S/);
      continue;
    }
    const [, name = "", labels = "", value = ""] =
      /^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)+\})? (-?[\d.e+-]+)$/.exec(line) ?? [];
    expect([line, Number.isFinite(Number(value)) && value !== ""]).toEqual([line, true]);
    const family = families.has(name) ? name : name.replace(/_(bucket|sum|count)$/, "");
    expect([line, families.has(family)]).toEqual([line, true]);
    samples.set(name + labels, Number(value));
  }
  return samples;
}

test("the figures are off unless they are switched on", async () => {
  await using house = await startHouse({ config: { gateway: { controlUi: { enabled: false } } } });
  expect((await fetch(`${house.url}metrics`)).status).toBe(404);
});

test("Prometheus reads connections, turns, sheds by cause, delay and problems", async () => {
  await using house = await startHouse({ config: { gateway: on } });
  await using client = await house.connect();
  await client.call("agent", { message: "hello", idempotencyKey: "k", sessionKey: "main" });
  await fetch(house.url, { headers: { origin: "https://elsewhere.example" } });
  const answer = await fetch(`${house.url}metrics`);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const figures = parse(await answer.text());
  expect(figures.get("moltbot_connections")).toBe(1);
  expect(figures.get('moltbot_sheds_total{cause="foreign-origin"}')).toBe(1);
  expect(figures.get("moltbot_contained_errors_total")).toBe(0);
  expect(figures.get('moltbot_turns{state="waiting"}')).toBe(0);
  expect(figures.get("moltbot_commits_waiting")).toBeNumber();
  for (const state of ["queued", "unknown"]) expect(figures.get(`moltbot_outbox{state="${state}"}`)).toBe(0);
  for (const state of ["open", "held"]) expect(figures.get(`moltbot_inbound{state="${state}"}`)).toBe(0);
  expect(figures.get("process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
  expect(figures.get("moltbot_spend_today_usd")).toBe(0);
  const count = figures.get("moltbot_event_loop_delay_seconds_count") ?? -1;
  expect(figures.get('moltbot_event_loop_delay_seconds_bucket{le="+Inf"}')).toBe(count);
  expect((await fetch(`${house.url}metrics`, { method: "POST" })).status).toBe(405);
});

test("where there is a secret, it is asked for", async () => {
  const auth = { mode: "token", token: "t0ken-t0ken" };
  await using house = await startHouse({ config: { gateway: { ...on, auth } } });
  expect((await fetch(`${house.url}metrics`)).status).toBe(401);
  const headers = { authorization: "Bearer t0ken-t0ken" };
  expect((await fetch(`${house.url}metrics`, { headers })).status).toBe(200);
});
