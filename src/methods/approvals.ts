import type { DomainHandlers } from "./handler.ts";

/** Nothing in this gateway asks for a person's approval yet, so nothing waits: the lists are empty and true. */
export function approvalsHandlers(): DomainHandlers<"approvals"> {
  return {
    "exec.approval.list": () => [],
    "plugin.approval.list": () => [],
    "question.list": () => ({ questions: [] }),
    "taskSuggestions.list": () => ({ suggestions: [] }),
  };
}
