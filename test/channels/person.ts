import type { Started } from "../binary/executable.ts";

/** A way in which a connection goes dead without anybody being told. */
export interface Cable {
  name: string;
  pull(): void;
  plug(): void;
}

/** What is said of a connection by the side that keeps it. */
export interface Standing {
  connected: boolean;
  is: string;
  why: string;
}

/** Somebody who writes on one channel of a whole gateway, and what they see there. */
export interface Person extends AsyncDisposable {
  /** What the gateway's config says under `channels`. */
  readonly channels: Record<string, unknown>;
  /** The gateway runs, again or for the first time. */
  gatewayIs(gateway: Started, secret: string): Promise<void>;
  /** Out of hand: the platform has it, or the page keeps it until the gateway has. */
  write(text: string): void;
  /** The last message is brought to the gateway once more, and it has been told so. */
  bringAgain(): Promise<void>;
  /** The gateway's answers as they see them, oldest first. */
  answers(): string[];
  standing(): Standing | null;
  /** Once something is so. */
  until<T>(look: () => T | null | undefined | false): Promise<T>;
  readonly cables: readonly Cable[];
  /** The next word that a message has arrived is lost, and the connection with it. */
  loseWord(): void;
  /** The message has arrived, but not the word of it. */
  wordIsLost(): Promise<void>;
  /** How often anybody asked to be let in with this login. */
  connects(): number;
  /** What `standing` says once the login is refused. */
  readonly refusal: string;
}

export interface PersonOptions {
  /** The login is one that is refused. */
  wrong?: boolean;
}
