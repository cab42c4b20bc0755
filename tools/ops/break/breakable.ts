import type { ServiceName } from '../../stack/service-names.ts';

/** The system of this working copy, as far as it may be damaged and repaired. What cannot be done is an OpsError. */
export interface LocalSystem {
  readonly kind: 'native' | 'Docker';
  /** Components by name; the mail server is `maildev` or `mailpit`. */
  readonly components: readonly string[];
  readonly mailServer: string;
  /** At once and completely; it is started again by itself. */
  kill(component: string): Promise<void>;
  /** Freezes all of its processes; connections stay open. */
  pause(component: string): Promise<void>;
  resume(component: string): Promise<void>;
  /** Milliseconds of one turn of standing still and going on, for `slow`. */
  readonly turnMs: number;
  stop(component: string): Promise<void>;
  start(component: string): Promise<void>;
  /** Starts a service again with these variables. */
  restart(service: ServiceName, env: Readonly<Record<string, string>>): Promise<void>;
  /** @returns a hint for the person, if there is one */
  scale(service: ServiceName, processes: number): Promise<string | undefined>;
}
