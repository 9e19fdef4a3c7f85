import { isEvent, isMethod } from "#protocol";
import { checkAccepted, checkEvent, checkFrame, checkResult } from "#src/lib/validators.ts";
import type { AnswerChecks } from "./calls.ts";

/** What is checked of everything that arrives; each returns the problem, or null. */
export interface Checks extends AnswerChecks {
  frame(value: unknown): string | null;
  event(name: string, payload: unknown): string | null;
}

/** The contract, for the names that this build knows. */
export const fullChecks: Checks = {
  frame: checkFrame,
  event: (name, payload) => (isEvent(name) ? checkEvent(name, payload) : null),
  result: (method, payload) =>
    isMethod(method) || method === "connect" ? checkResult(method, payload) : null,
  accepted: (method, payload) => (isMethod(method) ? checkAccepted(method, payload) : null),
};

/** Only what keeps the client itself from stumbling. */
export const noChecks: Checks = {
  frame: (value) => (typeof value === "object" && value !== null ? null : "not an object"),
  event: () => null,
  result: () => null,
  accepted: () => null,
};
