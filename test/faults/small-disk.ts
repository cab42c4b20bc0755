import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MIB = 1_024 * 1_024;
const BALLAST = 'ballast';

/** Why this machine cannot have a small disk; nothing when it can. */
export function whyNoSmallDisk(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'small-disk-'));
  try {
    mount(directory, 1);
    execFileSync('umount', [directory]);
    return undefined;
  } catch (error) {
    return `a small disk has to be mounted: ${error instanceof Error ? (error.message.split('\n')[1] ?? error.message) : ''}`;
  } finally {
    rmdirSync(directory);
  }
}

/** A directory moved to a disk of its own that has little room, as long as its component is stopped. */
export class SmallDisk {
  private readonly directory: string;

  /** @param spareMiB What fits besides what there is. */
  constructor(directory: string, spareMiB: number) {
    this.directory = directory;
    const { mode, uid, gid } = statSync(directory);
    const usedMiB = Number(execFileSync('du', ['-sm', directory], { encoding: 'utf8' }).split('\t')[0]);
    renameSync(directory, this.original);
    mkdirSync(directory);
    mount(directory, usedMiB + spareMiB);
    copy(this.original, directory);
    execFileSync('chown', [`${uid}:${gid}`, directory]);
    execFileSync('chmod', [(mode & 0o777).toString(8), directory]);
  }

  /** Takes all the room there is. */
  fill(): void {
    const file = openSync(join(this.directory, BALLAST), 'w');
    const block = Buffer.alloc(4_096);
    try {
      for (;;) writeSync(file, block);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(join(this.directory, BALLAST), { force: true });
  }

  /** Back to where it was, with what has been written meanwhile. */
  remove(): void {
    this.free();
    rmSync(this.original, { recursive: true });
    mkdirSync(this.original);
    copy(this.directory, this.original);
    execFileSync('umount', [this.directory]);
    rmdirSync(this.directory);
    renameSync(this.original, this.directory);
  }

  private get original(): string {
    return `${this.directory}.original`;
  }
}

function mount(directory: string, mebibytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes * MIB}`, 'tmpfs', directory], { stdio: 'pipe' });
}

/** Owners, modes and holes included; the directory itself too. */
function copy(from: string, to: string): void {
  execFileSync('cp', ['-a', '--sparse=always', `${from}/.`, to]);
}
