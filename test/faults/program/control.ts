import { readFileSync, statSync, writeFileSync } from 'node:fs';
import type { Instructions } from '../instructions';

const file = process.env.FAULT_INSTRUCTIONS ?? '';
let current: Instructions = {};
let readAt = 0;
let passages = 0;

/** What the suite wants of this process at the moment. */
export function instructions(): Instructions {
  return current;
}

/** A failpoint: the process ends here, without a chance to tidy up, when it has been told to and this is the n-th passage. */
export function reach(point: string): void {
  const { kill } = current;
  if (kill?.point !== point) return;
  passages += 1;
  if (passages < kill.passage) return;
  writeFileSync(`${file}.reached`, point);
  process.kill(process.pid, 'SIGKILL');
}

function look(): void {
  try {
    const { mtimeMs } = statSync(file);
    if (mtimeMs === readAt) return;
    readAt = mtimeMs;
    current = JSON.parse(readFileSync(file, 'utf8')) as Instructions;
    passages = 0;
  } catch {
    // Not written yet: nothing is wanted.
  }
}

look();
setInterval(look, 25).unref();
