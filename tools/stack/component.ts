import type { Probe } from './probes.ts';

/** One operating system process of the stack, described. `ManagedProcess` runs it. */
export interface Component {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of the supervising process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Receives stdout and stderr; appended to. */
  readonly logFile: string;
  /** Every port it listens on. */
  readonly ports: readonly number[];
  /** Names of the components that must be ready before this one is started. */
  readonly dependsOn: readonly string[];
  readonly ready: Probe;
  readonly readyWithinMs: number;
  /** Asks it to finish; SIGKILL follows when it has not within `stopWithinMs`. */
  readonly stopSignal: NodeJS.Signals;
  readonly stopWithinMs: number;
  /** Start it again, with a growing delay, when it dies without having been told to. */
  readonly restart: boolean;
  /** The user to run as; needed where root may not. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Runs before every start of the process. */
  readonly prepare?: () => Promise<void>;
  /** Runs each time it has become ready, before anything that depends on it is started. */
  readonly whenReady?: () => Promise<void>;
}

/**
 * `stopped`: on request · `starting`: not ready yet · `ready` · `stopping` · `waiting`: died, will be started again
 * after a delay · `exited`: died and stays so.
 */
export type ComponentState = 'stopped' | 'starting' | 'ready' | 'stopping' | 'waiting' | 'exited';

export interface ComponentStatus {
  readonly name: string;
  readonly state: ComponentState;
  readonly pid: number | undefined;
  readonly ports: readonly number[];
  readonly logFile: string;
  /** How long the last start took until readiness. */
  readonly readyAfterMs: number | undefined;
  /** How often it was started again by the supervisor itself. */
  readonly restarts: number;
}

export interface ComponentExit {
  readonly name: string;
  readonly pid: number | undefined;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether `stop` or `restart` asked for it. */
  readonly expected: boolean;
}

/** A component that did not become ready. The message is written for the person who typed the command. */
export class ComponentFailed extends Error {
  override readonly name = 'ComponentFailed';
  readonly component: string;
  readonly logFile: string;
  readonly logTail: string;

  constructor(component: Pick<Component, 'name' | 'logFile'>, reason: string, logTail: string) {
    super(`${component.name} ${reason}\nLog: ${component.logFile}\n${logTail}`);
    this.component = component.name;
    this.logFile = component.logFile;
    this.logTail = logTail;
  }
}
