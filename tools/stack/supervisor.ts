import { EventEmitter } from 'node:events';
import type { Component, ComponentExit, ComponentStatus } from './component.ts';
import { ManagedProcess, type ProcessListener } from './managed-process.ts';
import { Reaper } from './reaper.ts';
import { RunRecord } from './run-record.ts';

interface Events {
  exit: [ComponentExit];
  change: [ComponentStatus];
}

/**
 * Runs the components of one stack: each as soon as what it depends on is ready, restarted when it dies, stopped in
 * reverse. When the process of the supervisor itself dies, all of them are ended (see `Reaper`).
 */
export class Supervisor {
  readonly #processes = new Map<string, ManagedProcess>();
  readonly #events = new EventEmitter<Events>();
  readonly #reaper = new Reaper();
  readonly #record: RunRecord;
  readonly #listener: ProcessListener = {
    spawned: (name, pid, stopSignal) => {
      this.#reaper.add(pid, stopSignal);
      this.#record.add(name, pid);
    },
    exited: (exit) => {
      if (exit.pid !== undefined) {
        this.#reaper.remove(exit.pid);
        this.#record.remove(exit.pid);
      }
      this.#events.emit('exit', exit);
    },
    changed: (status) => this.#events.emit('change', status),
  };

  /** @param directory where the record of the running processes is kept */
  constructor(directory: string) {
    this.#record = new RunRecord(directory);
  }

  /** Makes the component known; nothing is started. */
  add(component: Component): void {
    if (this.#processes.has(component.name)) throw new Error(`component ${component.name} already exists`);
    this.#processes.set(component.name, new ManagedProcess(component, this.#listener));
  }

  /** Stops it and forgets it: its name may be added again. */
  async remove(name: string): Promise<void> {
    await this.stop(name);
    this.#processes.delete(name);
  }

  get names(): string[] {
    return [...this.#processes.keys()];
  }

  /** Starts everything, as much of it at once as the dependencies allow. When one fails, all are stopped. */
  async startAll(): Promise<void> {
    const started = new Map<string, Promise<void>>();
    const begin = (name: string): Promise<void> => {
      const known = started.get(name);
      if (known !== undefined) return known;
      const process = this.#get(name);
      const dependencies = process.component.dependsOn.filter((other) => this.#processes.has(other));
      const start = Promise.all(dependencies.map(begin)).then(() => process.start());
      started.set(name, start);
      return start;
    };
    try {
      await Promise.all(this.names.map(begin));
    } catch (error) {
      await this.stopAll();
      await Promise.allSettled(started.values());
      await this.stopAll();
      throw error;
    }
  }

  /** Stops everything, each only after what depends on it. The supervisor cannot be used afterwards. */
  async stopAll(): Promise<void> {
    const stopped = new Map<string, Promise<void>>();
    const end = (name: string): Promise<void> => {
      const known = stopped.get(name);
      if (known !== undefined) return known;
      const dependents = this.names.filter((other) => this.#get(other).component.dependsOn.includes(name));
      const stop = Promise.all(dependents.map(end)).then(() => this.#get(name).stop());
      stopped.set(name, stop);
      return stop;
    };
    await Promise.all(this.names.map(end));
    this.#reaper.close();
    this.#record.delete();
  }

  /** Resolves when ready; rejects with `ComponentFailed`. Also brings back one that died, without its delay. */
  start(name: string): Promise<void> {
    return this.#get(name).start();
  }

  /** Asks it to finish, insists after its grace; resolves when it is gone. It stays down until `start`. */
  stop(name: string): Promise<void> {
    return this.#get(name).stop();
  }

  async restart(name: string): Promise<void> {
    await this.stop(name);
    await this.start(name);
  }

  /**
   * Sends the signal as if it came from outside: a death is not expected and followed by a restart if that is on.
   * SIGKILL takes all processes of the component. Resolves when a SIGKILLed component is gone, else at once.
   */
  async kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const process = this.#get(name);
    const gone = process.exited();
    process.signal(signal);
    if (signal === 'SIGKILL') await gone;
  }

  /** Freezes all of its processes: connections stay open and nothing is answered. */
  pause(name: string): void {
    this.#get(name).signal('SIGSTOP');
  }

  continue(name: string): void {
    this.#get(name).signal('SIGCONT');
  }

  /** Resolves when the component's present process has ended, for whatever reason. */
  exited(name: string): Promise<void> {
    return this.#get(name).exited();
  }

  /** Whether it is started again when it dies; one component, or all. */
  setRestart(restart: boolean, name?: string): void {
    for (const each of name === undefined ? this.names : [name]) this.#get(each).restartWhenDead = restart;
  }

  pid(name: string): number | undefined {
    return this.#get(name).pid;
  }

  status(name: string): ComponentStatus {
    return this.#get(name).status;
  }

  /** Path of the file with everything the component has written. */
  logFile(name: string): string {
    return this.#get(name).component.logFile;
  }

  /** Every end of a process, expected or not. Returns what takes the listener off again. */
  onExit(listener: (exit: ComponentExit) => void): () => void {
    this.#events.on('exit', listener);
    return () => this.#events.off('exit', listener);
  }

  /** Every change of state. Returns what takes the listener off again. */
  onChange(listener: (status: ComponentStatus) => void): () => void {
    this.#events.on('change', listener);
    return () => this.#events.off('change', listener);
  }

  #get(name: string): ManagedProcess {
    const process = this.#processes.get(name);
    if (process === undefined) throw new Error(`unknown component ${name}; expected one of ${this.names.join(', ')}`);
    return process;
  }
}
