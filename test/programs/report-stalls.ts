import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import { watchEventLoop } from '../../libs/testing/src/event-loop-stalls.ts';

/** What is not worth a line. */
const AT_LEAST_MS = 50;

/*
 * Loaded into a service before its main. From the moment it listens it writes a line to the file in EVENT_LOOP_STALLS for each
 * time it served nobody for a while; the first line says that it is watched. See test/system/stalls.ts.
 */
const file = process.env['EVENT_LOOP_STALLS'];
let watched = false;

function begin(): void {
  if (watched || file === undefined) return;
  watched = true;
  const service = /([a-z]+-service)/.exec(process.argv[1] ?? '')?.[1] ?? process.argv[1];
  const report = (line: object): void =>
    appendFileSync(file, `${JSON.stringify({ service, pid: process.pid, ...line })}\n`);
  report({ watched });
  watchEventLoop(report, AT_LEAST_MS);
}

subscribe('tracing:net.server.listen:asyncEnd', begin);
