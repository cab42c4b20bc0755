import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LONGEST_STALL_MS, type EventLoopStall } from '../../libs/testing/src/event-loop-stalls.ts';

/** A stall with the process that had it. */
export interface ServiceStall extends EventLoopStall {
  readonly service: string;
  readonly pid: number;
}

const preload = pathToFileURL(join(import.meta.dirname, '../programs/report-stalls.ts')).href;

/** What the services of a system report of their event loops, from the moment they listen: they write it into one file. */
export class StallReport {
  private readonly directory = mkdtempSync(join(tmpdir(), 'stalls-'));
  private readonly file = join(this.directory, 'stalls.ndjson');

  /** The environment of services that have `report-stalls.ts` in their program. */
  get env(): Readonly<Record<string, string>> {
    return { EVENT_LOOP_STALLS: this.file };
  }

  /** The environment of services as they are built. */
  get envOfBuilt(): Readonly<Record<string, string>> {
    return { ...this.env, NODE_OPTIONS: `--import=${preload}` };
  }

  /** Services that were watched: without a line of its own, a service without stalls has not been looked at. */
  get watched(): ReadonlySet<string> {
    return new Set(this.lines().flatMap(({ service, watched }) => (watched === true ? [service] : [])));
  }

  /** What is beyond the bound, longest first. */
  get tooLong(): ServiceStall[] {
    return this.stalls().filter(({ ms }) => ms > LONGEST_STALL_MS);
  }

  /** The longest of all, in milliseconds. */
  get longestMs(): number {
    return this.stalls()[0]?.ms ?? 0;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private stalls(): ServiceStall[] {
    return this.lines()
      .filter(({ ms }) => ms !== undefined)
      .toSorted((a, b) => b.ms - a.ms);
  }

  private lines(): (ServiceStall & { readonly watched?: boolean })[] {
    if (!existsSync(this.file)) return [];
    const text = readFileSync(this.file, 'utf8');
    // A process that was killed may have left a line unfinished.
    const complete = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    return complete.flatMap((line) => (line === '' ? [] : [JSON.parse(line) as ServiceStall]));
  }
}

/** A stall, for a person. */
export function describeStall({ service, pid, ms, at }: ServiceStall): string {
  return `${service} (${pid}) served nobody for ${ms} ms until ${new Date(at).toISOString()}`;
}
