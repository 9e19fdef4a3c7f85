import { LogFile } from "./log-file.ts";
import { Folder } from "./log-fold.ts";
import { isLogged, type LogLevel } from "./log-level.ts";
import { cleanFields, cleanMessage, cleanText, type Fields, toSentence } from "./log-text.ts";

/** Where a room says what happened: a message that stays the same, and fields that vary. */
export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** The same log under a subsystem's name; a child of a child is `outer/inner`. */
  child(subsystem: string): Log;
}

/** The log as its owner has it. */
export interface RootLog extends Log {
  /** The file that `logs.tail` reads; absent where there is none. */
  readonly file: string | undefined;
  /** Values that never appear in a line from now on. */
  readonly secrets: { add(value: string): void };
  /** From now on: the least that goes into the file, and to the terminal where that differs. */
  setLevels(levels: { level: LogLevel; consoleLevel?: LogLevel | undefined }): void;
  /** Writes what waits for the end of this loop turn. */
  flush(): void;
  /** Writes what waits, with the counts of what was folded; later lines are dropped. */
  close(): void;
}

export interface LogOptions {
  file?: string | undefined;
  level: LogLevel;
  stdout?: "pretty" | "json" | "off";
  /** The least that goes to the terminal; `level` where absent. */
  stdoutLevel?: LogLevel | undefined;
  color?: boolean;
  now: () => number;
  maxBytes?: number;
  files?: number;
  /** Takes what goes to the terminal. */
  print?: (text: string) => void;
  /** Writes to the file; a parameter so that a test can have a full disk. */
  write?: (file: number, bytes: Uint8Array) => number;
}

type LineLevel = "debug" | "info" | "warn" | "error";

interface Line {
  level: LineLevel;
  subsystem: string;
  message: string;
  fields: Record<string, string | number | boolean>;
}

const defaultBytes = 50 * 1024 * 1024;
const defaultFiles = 5;
const bufferedLines = 256;
const shortestSecret = 4;
const equalLines = 5;
const likeFailures = 50;
const sweepMs = 60_000;

/** Lines go to the file as JSON, in the form that readers of `logs.tail` know, and to the terminal for people. */
export function createLog(options: LogOptions): RootLog {
  return new Root(options);
}

class Root implements RootLog {
  readonly file: string | undefined;
  private readonly options: LogOptions;
  private level: LogLevel;
  private stdoutLevel: LogLevel;
  private readonly target: LogFile | undefined;
  private readonly print: ((text: string) => void) | undefined;
  /** Longest first, so that one that contains another is not left in pieces. */
  private known: string[] = [];
  private readonly equal = new Folder<Line>(equalLines);
  private readonly alike = new Folder<Line>(likeFailures);
  private waiting: string[] = [];
  private flusher: NodeJS.Immediate | undefined;
  private sweeper: NodeJS.Timeout | undefined;
  private closed = false;

  readonly secrets = {
    add: (value: string) => {
      if (value.length < shortestSecret || !value.isWellFormed()) return;
      const all = new Set([...this.known, value, encodeURIComponent(value)]);
      this.known = [...all].sort((one, other) => other.length - one.length);
    },
  };

  constructor(options: LogOptions) {
    this.options = options;
    this.level = options.level;
    this.stdoutLevel = options.stdoutLevel ?? options.level;
    this.file = options.file;
    const { file, write, maxBytes = defaultBytes, files = defaultFiles } = options;
    if (file !== undefined) this.target = new LogFile(file, { maxBytes, files, ...(write ? { write } : {}) });
    if ((options.stdout ?? "off") !== "off") this.print = options.print ?? createPrinter();
  }

  debug(message: string, fields?: Fields): void {
    this.add("debug", "", message, fields);
  }
  info(message: string, fields?: Fields): void {
    this.add("info", "", message, fields);
  }
  warn(message: string, fields?: Fields): void {
    this.add("warn", "", message, fields);
  }
  error(message: string, fields?: Fields): void {
    this.add("error", "", message, fields);
  }

  child(subsystem: string): Log {
    return {
      debug: (message, fields) => this.add("debug", subsystem, message, fields),
      info: (message, fields) => this.add("info", subsystem, message, fields),
      warn: (message, fields) => this.add("warn", subsystem, message, fields),
      error: (message, fields) => this.add("error", subsystem, message, fields),
      child: (inner) => this.child(`${subsystem}/${inner}`),
    };
  }

  setLevels({ level, consoleLevel }: { level: LogLevel; consoleLevel?: LogLevel | undefined }): void {
    this.level = level;
    this.stdoutLevel = consoleLevel ?? level;
  }

  flush(): void {
    clearImmediate(this.flusher);
    this.flusher = undefined;
    if (this.waiting.length === 0 || this.target === undefined) return;
    const lines = this.waiting;
    this.waiting = [];
    const lost = this.target.lost;
    if (lost > 0) lines.unshift(this.toJson(lossLine(lost)));
    if (this.target.append(lines) && lost > 0) this.target.lost -= lost;
    else if (lost > 0) this.target.lost--;
  }

  close(): void {
    if (this.closed) return;
    this.sweep(true);
    this.flush();
    this.closed = true;
    clearTimeout(this.sweeper);
    this.target?.close();
  }

  private add(level: LineLevel, subsystem: string, message: string, fields: Fields = {}): void {
    if (this.closed || !(this.goesToFile(level) || this.goesToTerminal(level))) return;
    const line: Line = {
      level,
      subsystem: cleanText(subsystem, this.known, 64),
      message: cleanMessage(message, this.known),
      fields: cleanFields(fields, this.known),
    };
    this.sweep(false);
    if (this.admits(line)) this.put(line);
    else this.scheduleSweep();
  }

  /** Equal lines are folded soon; failures that differ only in their fields later. */
  private admits(line: Line): boolean {
    const now = this.options.now();
    const alike = `${line.level} ${line.subsystem} ${line.message}`;
    const texts = Object.values(line.fields).filter((value) => typeof value === "string");
    const equal = `${alike} ${texts.join(" ").replace(/\d+/g, "#")}`;
    if (!this.equal.admit(equal, line, now)) return false;
    const failed = line.level === "warn" || line.level === "error";
    return !failed || this.alike.admit(alike, line, now);
  }

  private sweep(all: boolean): void {
    const now = this.options.now();
    for (const folder of [this.equal, this.alike]) {
      for (const { line, count } of folder.sweep(now, all)) {
        this.put({ ...line, fields: { ...line.fields, repeated: count } });
      }
    }
  }

  /** So that the count appears even where nothing is logged any more. */
  private scheduleSweep(): void {
    if (this.sweeper !== undefined) return;
    this.sweeper = setTimeout(() => {
      this.sweeper = undefined;
      this.sweep(false);
    }, sweepMs + 1);
    this.sweeper.unref();
  }

  private put(line: Line): void {
    if (this.goesToFile(line.level)) {
      this.waiting.push(this.toJson(line));
      if (this.waiting.length >= bufferedLines) this.flush();
      else this.flusher ??= setImmediate(() => this.flush());
    }
    if (this.goesToTerminal(line.level)) {
      this.print?.(this.options.stdout === "json" ? this.toJson(line) : this.toPretty(line));
    }
  }

  private goesToFile(level: LineLevel): boolean {
    return this.target !== undefined && isLogged(level, this.level);
  }

  private goesToTerminal(level: LineLevel): boolean {
    return this.print !== undefined && isLogged(level, this.stdoutLevel);
  }

  /** "0" names the subsystem, "1" is what people read; clients of both generations look there. */
  private toJson({ level, subsystem, message, fields }: Line): string {
    const time = new Date(this.options.now()).toISOString();
    const name = JSON.stringify({ subsystem: subsystem || "gateway" });
    const line = {
      "0": name,
      "1": toSentence(message, fields),
      ...(Object.keys(fields).length > 0 ? { fields } : {}),
      _meta: { name, logLevelName: level.toUpperCase(), date: time },
      time,
    };
    return `${JSON.stringify(line)}\n`;
  }

  private toPretty({ level, subsystem, message, fields }: Line): string {
    const time = new Date(this.options.now()).toTimeString().slice(0, 8);
    const word = level.padEnd(5);
    const colored = this.options.color
      ? `\u001b[2m${time}\u001b[0m ${colors[level]}${word}\u001b[0m`
      : `${time} ${word}`;
    const where = subsystem === "" ? "" : `${subsystem}: `;
    return `${colored} ${where}${toSentence(message, fields)}\n`;
  }
}

const colors: Record<LineLevel, string> = {
  debug: "\u001b[2m",
  info: "\u001b[36m",
  warn: "\u001b[33m",
  error: "\u001b[31m",
};

function lossLine(lost: number): Line {
  return { level: "warn", subsystem: "log", message: "lines could not be written", fields: { lost } };
}

/** A terminal that is gone or does not read must not stop the gateway: what it does not take is dropped. */
function createPrinter(): (text: string) => void {
  const mostWaiting = 1_048_576;
  process.stdout.on("error", () => {});
  return (text) => {
    if (process.stdout.writableLength < mostWaiting) process.stdout.write(text);
  };
}
