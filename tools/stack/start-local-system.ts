import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureArtifacts, ensureZipkin } from './artifacts.ts';
import { localSystem } from './local-system.ts';
import { logTail, openLog, rotateLog } from './log-file.ts';
import { paths, repository } from './paths.ts';
import { ownerOf } from './run-record.ts';
import { readState, removeState, type RunState } from './run-state.ts';

let interrupted = false;

const supervisorLog = join(paths.logs, 'supervisor.log');

/** Starts the daemon, or joins the one that is starting, shows each component as it becomes ready. Exit code. */
export async function startLocalSystem(): Promise<number> {
  let pid = ownerOf(paths.run);
  if (pid !== undefined && readState()?.phase === 'ready') return 0;
  if (pid === undefined) {
    const progress = (message: string): void => {
      console.log(message);
    };
    await ensureArtifacts(progress);
    if (localSystem().zipkinPort !== undefined) await ensureZipkin(progress);
    pid = spawnDaemon();
    stopItOnInterrupt(pid);
  }
  return follow(pid);
}

function spawnDaemon(): number {
  removeState();
  rotateLog(supervisorLog);
  const log = openLog(supervisorLog);
  const daemon = spawn(
    process.execPath,
    ['--disable-warning=TimeoutNegativeWarning', join(import.meta.dirname, 'daemon.ts')],
    {
      cwd: repository,
      stdio: ['ignore', log, log],
      detached: true,
    },
  );
  closeSync(log);
  daemon.unref();
  if (daemon.pid === undefined) throw new Error('the supervisor could not be started');
  return daemon.pid;
}

function stopItOnInterrupt(daemon: number): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      interrupted = true;
      console.error('\nInterrupted; stopping the system …');
      tell(daemon, 'SIGTERM');
    });
  }
}

async function follow(daemon: number): Promise<number> {
  const begun = performance.now();
  const shown = new Set<string>();
  for (;;) {
    const alive = tell(daemon, 0);
    const state = readState();
    if (state?.pid === daemon) {
      showReady(state, shown, performance.now() - begun);
      if (state.phase === 'ready') return 0;
      if (state.phase === 'failed') return reportFailure(state.error ?? '');
    }
    if (!alive && interrupted) {
      console.error('Nothing was left running.');
      return 130;
    }
    if (!alive) return reportFailure(state === undefined ? `the supervisor exited\n${logTail(supervisorLog)}` : '');
    await sleep(100);
  }
}

/** Seconds since the start of all, as with Docker. */
function showReady(state: RunState, shown: Set<string>, sinceMs: number): void {
  for (const { name, state: now, ports } of state.components) {
    if (now !== 'ready' || shown.has(name)) continue;
    shown.add(name);
    const seconds = (sinceMs / 1000).toFixed(1);
    console.log(`  ready  ${name.padEnd(22)} ${seconds.padStart(5)} s   port ${ports.join(', ')}`);
  }
}

function reportFailure(message: string): number {
  if (message !== '') console.error(`\nThe system could not be started: ${message}\n\nNothing was left running.`);
  return 1;
}

function tell(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
