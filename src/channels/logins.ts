import { GatewayError, messageOf } from "#src/lib/errors.ts";
import { uuid } from "#src/lib/ids.ts";
import type { Log } from "#src/lib/log.ts";
import type { Sentence } from "#src/lib/sentence.ts";
import type { AccountChanges, AccountName, Kept } from "./account-changes.ts";
import type { ChannelClock } from "./channel.ts";
import type { LoginFlow, LoginResult, LoginStep } from "./login.ts";
import type { AccountData, AccountManager } from "./manager.ts";
import { createStagedStore } from "./staged-store.ts";

export interface LoginsOptions {
  manager: AccountManager;
  changes: AccountChanges;
  data: AccountData;
  clock: ChannelClock;
  log: Log;
  contained: (error: unknown) => void;
}

/** Whose login it is: nobody else sees its steps, and it ends with the connection. */
export interface LoginOwner {
  connectionId: string;
  signal: AbortSignal;
  /** In which they are spoken to. */
  language: "en" | "zh";
}

/** The last step, with what was kept. */
export type DoneStep = { done: true; result: LoginResult } & Kept;

export interface Progress {
  loginId: string;
  channel: string;
  accountId: string;
  flow: string;
  flows: readonly LoginFlow[];
  step: LoginStep | DoneStep;
  /** Nothing new within the time: the step is the one before. */
  pending: boolean;
}

interface Login {
  id: string;
  owner: string;
  channel: string;
  accountId: string;
  flow: string;
  flows: readonly LoginFlow[];
  /** Null until there is a first. */
  step: LoginStep | DoneStep | null;
  /** False for a step that came while nobody waited for it. */
  isShown: boolean;
  /** While the next step is on its way. */
  coming: Promise<void> | null;
  failed: unknown;
  advance: (answer: string) => Promise<void>;
  end: () => Promise<void>;
}

const mostLogins = 8;
const longestMs = 15 * 60_000;
const standardWaitMs = 25_000;
/** How long a login that is given up may take to tidy up. */
const tidyMs = 5_000;

/** Logins on their way: steps that the command line, the page and other clients show alike. */
export type Logins = ReturnType<typeof createLogins>;

export function createLogins({ manager, changes, data, clock, log, contained }: LoginsOptions) {
  const logins = new Map<string, Login>();

  async function start(
    wanted: AccountName & { flow?: string; settings?: Record<string, unknown> },
    owner: LoginOwner,
  ): Promise<Progress> {
    const { listed, accountId } = changes.named(wanted);
    const channel = await manager.load(listed);
    const flow = wanted.flow ?? channel.logins[0]?.id;
    if (flow === undefined || !channel.logins.some(({ id }) => id === flow)) {
      const ways = channel.logins.map(({ id }) => id);
      throw refused({
        en: `${listed.id} has no login ${flow ?? "of its own"}; it has ${ways.join(", ") || "none"}`,
        zh: `${listed.id} 没有${flow === undefined ? "自己的登录方式" : `登录方式 ${flow}`}；可用的：${ways.join("、") || "无"}`,
      });
    }
    await requireRoom(listed.id, accountId, owner);
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, owner.signal]);
    const staged = createStagedStore();
    const today = await changes.settingsToday(listed, accountId);
    const settings = { ...today, ...wanted.settings };
    const hosting = manager.hostFor({ listed, accountId }, settings, {
      store: staged.store,
      state: () => {},
      alive: () => {},
    });
    const steps = channel.login(flow, hosting.host, signal, owner.language);
    const resume = await manager.pause(listed.id, accountId);
    const login: Login = {
      id: uuid(),
      owner: owner.connectionId,
      channel: listed.id,
      accountId,
      flow,
      flows: channel.logins,
      step: null,
      isShown: true,
      coming: null,
      failed: null,
      advance,
      end,
    };
    logins.set(login.id, login);
    let ending: Promise<void> | null = null;

    async function advance(answer: string): Promise<void> {
      const next = await steps.next(answer);
      if (signal.aborted) throw ended();
      if (next.done !== true) {
        login.step = next.value;
        return;
      }
      const result = next.value;
      const given = { ...wanted.settings, ...result.settings };
      await changes.requireOwnLogin(listed, accountId, { ...today, ...given });
      const kept = await changes.keep(listed, accountId, given);
      // A login that kept nothing, such as one by token, leaves what the account kept before.
      if (staged.entries.size > 0) await data.replace(listed.id, accountId, staged.entries);
      await resume();
      login.step = { done: true, result, ...kept };
      log.info("account logged in", { channel: listed.id, account: accountId, as: result.as });
    }

    function end(): Promise<void> {
      ending ??= tidy();
      return ending;
    }

    async function tidy(): Promise<void> {
      logins.delete(login.id);
      abort.abort(ended());
      const over = new AbortController();
      const tidied = (login.coming ?? Promise.resolve())
        .then(() => steps.return({ settings: {}, as: "" }))
        .catch((error: unknown) => log.debug("a login ended badly", { channel: listed.id, error }));
      await Promise.race([tidied, clock.sleep(tidyMs, over.signal)]);
      over.abort();
      hosting.close();
      await resume();
    }

    const leave = () => void end().catch(contained);
    owner.signal.addEventListener("abort", leave, { once: true });
    void clock.sleep(longestMs, abort.signal).then(() => {
      owner.signal.removeEventListener("abort", leave);
      leave();
    });
    if (owner.signal.aborted) leave();
    return proceed(login, "", standardWaitMs);
  }

  async function requireRoom(channel: string, accountId: string, owner: LoginOwner): Promise<void> {
    for (const login of [...logins.values()]) {
      if (login.channel !== channel || login.accountId !== accountId) continue;
      if (login.owner !== owner.connectionId) {
        throw new GatewayError("UNAVAILABLE", {
          en: `somebody else is logging ${channel} ${accountId} in just now`,
          zh: `此刻有别人正在登录 ${channel} ${accountId}`,
        });
      }
      await login.end();
    }
    if (logins.size >= mostLogins) {
      throw new GatewayError("UNAVAILABLE", {
        en: "too many logins at once; finish or cancel one of them",
        zh: "同时进行的登录太多；请先完成或取消其中一个",
      });
    }
  }

  /** Brings the next step on its way where none is, and waits for it for a while. */
  async function proceed(login: Login, answer: string, timeoutMs: number): Promise<Progress> {
    if (login.coming === null && login.isShown) {
      login.isShown = false;
      login.coming = login
        .advance(answer)
        .catch((error: unknown) => {
          login.failed = error;
        })
        .finally(() => {
          login.coming = null;
        });
    }
    const over = new AbortController();
    const isThere = await Promise.race([
      Promise.resolve(login.coming).then(() => true),
      clock.sleep(timeoutMs, over.signal).then(() => false),
    ]);
    over.abort();
    login.isShown = isThere;
    if (login.failed !== null) {
      await login.end();
      throw failure(login);
    }
    const { step } = login;
    if (step !== null && "done" in step) await login.end();
    const { id: loginId, channel, accountId, flow, flows } = login;
    const shown: Progress["step"] = step ?? { wait: "starting" };
    return { loginId, channel, accountId, flow, flows, step: shown, pending: !isThere };
  }

  /** What the channel's code could not foresee is a bug of it. */
  function failure({ failed, channel, accountId }: Login): GatewayError {
    if (failed instanceof GatewayError) return failed;
    contained(failed);
    log.warn("a login failed", { channel, account: accountId, error: failed });
    const why = messageOf(failed);
    return new GatewayError("UNAVAILABLE", {
      en: `the login failed: ${why}; start it again`,
      zh: `登录失败：${why}；请重新开始`,
    });
  }

  function mine(loginId: string, { connectionId }: LoginOwner): Login {
    const login = logins.get(loginId);
    if (login !== undefined && login.owner === connectionId) return login;
    throw refused({
      en: "no such login; it has ended, or was begun over another connection",
      zh: "没有这个登录；它已结束，或是从另一个连接开始的",
    });
  }

  return {
    start,
    async continue(
      {
        loginId,
        answer,
        timeoutMs = standardWaitMs,
      }: { loginId: string; answer?: string; timeoutMs?: number },
      owner: LoginOwner,
    ): Promise<Progress> {
      const login = mine(loginId, owner);
      const isAsked = login.coming === null && login.isShown && login.step !== null && "ask" in login.step;
      if (isAsked && answer === undefined)
        throw refused({
          en: "the last step asks for an answer; give it as answer",
          zh: "上一步需要回答；请以 answer 给出",
        });
      if (!isAsked && answer !== undefined)
        throw refused({
          en: "the last step asks nothing; leave answer out",
          zh: "上一步没有提问；请去掉 answer",
        });
      return proceed(login, answer ?? "", timeoutMs);
    },
    async cancel(loginId: string, owner: LoginOwner): Promise<boolean> {
      const login = logins.get(loginId);
      if (login === undefined || login.owner !== owner.connectionId) return false;
      await login.end();
      return true;
    },
    async stop(): Promise<void> {
      await Promise.all([...logins.values()].map((login) => login.end()));
    },
  };
}

function ended(): GatewayError {
  return new GatewayError("UNAVAILABLE", {
    en: "the login has ended; start it again",
    zh: "登录已结束；请重新开始",
  });
}

function refused(told: Sentence): GatewayError {
  return new GatewayError("INVALID_REQUEST", told);
}
