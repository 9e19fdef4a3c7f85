import { StartError } from "./start-error.ts";

/** What is known of the gateway that already has the state directory. */
export interface RunningGateway {
  pid: number;
  startedAt?: number;
  version?: string;
  port?: number;
  url?: string;
  tlsFingerprint?: string;
}

/** The state directory belongs to a gateway that runs; null where it did not say who it is. Exit 3. */
export class AlreadyRunning extends Error {
  override readonly name = "AlreadyRunning";
  readonly holder: RunningGateway | null;

  constructor(holder: RunningGateway | null) {
    super(
      holder === null ? "a gateway is already running" : `a gateway is already running (pid ${holder.pid})`,
    );
    this.holder = holder;
  }
}

/** Somebody else listens on the port; null where the system does not tell who. Exit 78. */
export class PortTaken extends Error {
  override readonly name = "PortTaken";
  readonly port: number;
  /** As a person would name it, such as `nginx (pid 812)`. */
  readonly holder: string | null;

  constructor(port: number, holder: string | null, options?: ErrorOptions) {
    super(`port ${port} is in use by ${holder ?? "another program"}`, options);
    this.port = port;
    this.holder = holder;
  }
}

/** The disk takes nothing just now, so that a start may work later as it is. */
export class DiskTrouble extends StartError {
  override readonly name = "DiskTrouble";
}
