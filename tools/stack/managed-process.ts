import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ComponentFailed,
  type Component,
  type ComponentExit,
  type ComponentState,
  type ComponentStatus,
} from './component.ts';
import { logTail, openLog } from './log-file.ts';
import { isFree } from './ports.ts';
import { processTree, signalAll } from './process-tree.ts';

const probeEveryMs = 100;
const firstDelayMs = 1_000;
const longestDelayMs = 30_000;
const healthyAfterMs = 60_000;
/** What is left of a killed process may hold its ports for a moment. */
const portsFreeWithinMs = 2_000;

export interface ProcessListener {
  spawned(name: string, pid: number, stopSignal: NodeJS.Signals): void;
  exited(exit: ComponentExit): void;
  changed(status: ComponentStatus): void;
}

/** One component's process: started until ready, watched, started again when it dies, stopped. */
export class ManagedProcess {
  readonly component: Component;
  readonly #listener: ProcessListener;
  #state: ComponentState = 'stopped';
  #child: ChildProcess | undefined;
  #exit: Promise<ComponentExit> | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #restart: boolean;
  #restartTimer: NodeJS.Timeout | undefined;
  #delayMs = firstDelayMs;
  #readyAt = 0;
  #readyAfterMs: number | undefined;
  #restarts = 0;

  constructor(component: Component, listener: ProcessListener) {
    this.component = component;
    this.#listener = listener;
    this.#restart = component.restart;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get status(): ComponentStatus {
    return {
      name: this.component.name,
      state: this.#state,
      pid: this.pid,
      ports: this.component.ports,
      logFile: this.component.logFile,
      readyAfterMs: this.#readyAfterMs,
      restarts: this.#restarts,
    };
  }

  set restartWhenDead(restart: boolean) {
    this.#restart = restart;
    if (!restart && this.#state === 'waiting') {
      clearTimeout(this.#restartTimer);
      this.#become('exited');
    }
  }

  /** Resolves when it is ready; at once when it already is. Rejects with `ComponentFailed`. */
  async start(): Promise<void> {
    await this.#stopping;
    if (this.#state === 'ready') return;
    clearTimeout(this.#restartTimer);
    this.#starting ??= this.#launch().finally(() => {
      this.#starting = undefined;
    });
    await this.#starting;
  }

  /** Resolves when the process is gone. */
  stop(): Promise<void> {
    clearTimeout(this.#restartTimer);
    this.#stopping ??= this.#halt().finally(() => {
      this.#stopping = undefined;
    });
    return this.#stopping;
  }

  /** SIGKILL, SIGSTOP and SIGCONT go to all of its processes, as they would to a container; others to the first. */
  signal(signal: NodeJS.Signals): void {
    const pid = this.pid;
    if (pid === undefined) throw new Error(`${this.component.name} is not running`);
    const toAll = signal === 'SIGKILL' || signal === 'SIGSTOP' || signal === 'SIGCONT';
    signalAll(toAll ? processTree(pid) : [pid], signal);
  }

  /** Resolves when the process that runs now has ended; at once when there is none. */
  async exited(): Promise<void> {
    if (this.#child === undefined) return;
    this.#child.ref();
    await this.#exit;
  }

  async #halt(): Promise<void> {
    this.#become('stopping');
    const launch = this.#starting?.catch(() => undefined);
    await this.#end();
    await launch;
    this.#become('stopped');
  }

  async #launch(): Promise<void> {
    const startedAt = Date.now();
    this.#become('starting');
    try {
      await this.#untilPortsAreFree();
      await this.component.prepare?.();
      this.#refuseWhenStopping();
      const exit = this.#spawn();
      await this.#untilReady(exit, startedAt + this.component.readyWithinMs);
      await this.component.whenReady?.();
      this.#refuseWhenStopping();
      if (this.#child === undefined) throw this.#failed('exited as soon as it was ready');
      this.#readyAt = Date.now();
      this.#readyAfterMs = this.#readyAt - startedAt;
      this.#become('ready');
    } catch (error) {
      await this.#end();
      if (this.#state === 'starting') this.#become('exited');
      throw error;
    }
  }

  /** Or the probe would be answered by a stranger, and call ready what is not even running. */
  async #untilPortsAreFree(): Promise<void> {
    const deadline = Date.now() + portsFreeWithinMs;
    for (const port of this.component.ports) {
      while (!(await isFree(port))) {
        if (Date.now() > deadline) throw this.#failed(`cannot listen: port ${String(port)} is in use`);
        await sleep(probeEveryMs);
      }
    }
  }

  #spawn(): Promise<ComponentExit> {
    const { command, args, cwd, env, user, logFile, name, stopSignal } = this.component;
    const log = openLog(logFile);
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
      detached: true, // a process group of its own: signals meant for the supervisor do not reach it
      ...user,
    });
    closeSync(log);
    child.unref(); // a test that forgets to stop its stack still ends, and the reaper cleans up
    this.#child = child;
    if (child.pid !== undefined) this.#listener.spawned(name, child.pid, stopSignal);
    this.#exit = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        resolve(this.#gone(child, code, signal));
      });
      child.once('error', () => {
        resolve(this.#gone(child, null, null));
      });
    });
    return this.#exit;
  }

  #gone(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): ComponentExit {
    const expected = this.#state === 'stopping';
    const exit = { name: this.component.name, pid: child.pid, code, signal, expected };
    this.#child = undefined;
    this.#listener.exited(exit);
    if (this.#state === 'ready') this.#afterDeath();
    return exit;
  }

  #afterDeath(): void {
    if (!this.#restart) {
      this.#become('exited');
      return;
    }
    if (Date.now() - this.#readyAt >= healthyAfterMs) this.#delayMs = firstDelayMs;
    const delay = this.#delayMs;
    this.#delayMs = Math.min(delay * 2, longestDelayMs);
    this.#become('waiting');
    this.#restartTimer = setTimeout(() => {
      this.#restarts += 1;
      this.start().catch(() => {
        if (this.#state === 'exited') this.#afterDeath();
      });
    }, delay).unref();
  }

  async #untilReady(exit: Promise<ComponentExit>, deadline: number): Promise<void> {
    let gone: ComponentExit | undefined;
    let lastAnswer = '';
    void exit.then((event) => (gone = event));
    while (Date.now() < deadline) {
      this.#refuseWhenStopping();
      if (gone !== undefined) throw this.#failed(`exited while starting (${describeExit(gone)})`);
      try {
        await this.component.ready();
        return;
      } catch (error) {
        lastAnswer = error instanceof Error && error.message !== '' ? error.message : String(error);
      }
      await Promise.race([exit, sleep(probeEveryMs)]);
    }
    const seconds = String(this.component.readyWithinMs / 1000);
    throw this.#failed(`was not ready within ${seconds} s (last answer: ${lastAnswer})`);
  }

  async #end(): Promise<void> {
    const pid = this.pid;
    if (pid === undefined || this.#exit === undefined) return;
    this.#child?.ref(); // somebody waits for its end now
    signalAll([pid], this.component.stopSignal);
    signalAll(processTree(pid), 'SIGCONT');
    const grace = new AbortController();
    const late = sleep(this.component.stopWithinMs, true, { signal: grace.signal }).catch(() => false);
    if ((await Promise.race([this.#exit, late])) === true) signalAll(processTree(pid), 'SIGKILL');
    await this.#exit;
    grace.abort();
  }

  #refuseWhenStopping(): void {
    if (this.#state === 'stopping') throw this.#failed('was stopped while starting');
  }

  #failed(reason: string): ComponentFailed {
    return new ComponentFailed(this.component, reason, logTail(this.component.logFile));
  }

  #become(state: ComponentState): void {
    this.#state = state;
    this.#listener.changed(this.status);
  }
}

export function describeExit(exit: Pick<ComponentExit, 'code' | 'signal'>): string {
  if (exit.signal !== null) return exit.signal;
  return exit.code === null ? 'could not be started' : `exit code ${String(exit.code)}`;
}
