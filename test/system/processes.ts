import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel counts of a process and all its descendants (PostgreSQL has one process per connection). */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  /** Of the process itself: descendants share pages with it. */
  readonly residentMiB: number;
}

/** Clock ticks per second in /proc; 100 on every Linux that is likely to be met. */
const TICKS = 100;

/** Usage by name. CPU time of descendants that have ended is included once their parent has waited for them. */
export function usageOf(pids: Readonly<Record<string, number>>): Record<string, ProcessUsage> {
  const children = new Map<number, number[]>();
  const ticks = new Map<number, number>();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const fields = statOf(entry);
    if (fields === undefined) continue;
    const [parent = 0, user = 0, system = 0, waitedUser = 0, waitedSystem = 0] = [1, 11, 12, 13, 14].map((index) =>
      Number(fields[index]),
    );
    ticks.set(Number(entry), user + system + waitedUser + waitedSystem);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const total = (pid: number): number =>
    (ticks.get(pid) ?? 0) + (children.get(pid) ?? []).reduce((sum, child) => sum + total(child), 0);
  return Object.fromEntries(
    Object.entries(pids).map(([name, pid]) => [
      name,
      { cpuSeconds: total(pid) / TICKS, residentMiB: residentMiBOf(pid) },
    ]),
  );
}

/** CPU of one process and its descendants; 0 when there is no such process. */
export function cpuSecondsOf(pid: number | undefined): number {
  return pid === undefined ? 0 : (usageOf({ it: pid })['it']?.cpuSeconds ?? 0);
}

/** CPU of a process's children by what they call themselves; PostgreSQL's sessions name their role. */
export function cpuByTitle(parentPid: number): { readonly title: string; readonly cpuSeconds: number }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const fields = statOf(pid);
      if (fields === undefined || Number(fields[1]) !== parentPid) return [];
      return [{ title: titleOf(pid), cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS }];
    });
}

function titleOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** The fields of /proc/PID/stat from the state on; the command before it may contain anything. */
function statOf(pid: string): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
  } catch {
    return undefined;
  }
}

function residentMiBOf(pid: number): number {
  const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(rss) / 1_024);
}
