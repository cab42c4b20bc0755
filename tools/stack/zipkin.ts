import type { Component } from './component.ts';
import { java, shortLivedJvm } from './java.ts';
import { ensureDirectory } from './paths.ts';
import { loopback } from './ports.ts';
import { httpProbe } from './probes.ts';

export interface ZipkinOptions {
  readonly port: number;
  readonly data: string;
  readonly logFile: string;
  readonly jar: string;
  readonly restart: boolean;
}

/** Some hundred bytes each; the oldest traces go first. */
const MOST_SPANS = 50_000;

/** Keeps traces in memory and shows them on a page. */
export function zipkin({ port, data, logFile, jar, restart }: ZipkinOptions): Component {
  return {
    name: 'zipkin',
    command: java(),
    args: [
      ...['-Xms32m', '-Xmx160m', ...shortLivedJvm, '-jar', jar],
      // It would listen on all addresses.
      `--armeria.ports[0].address=${loopback}`,
      `--armeria.ports[0].port=${String(port)}`,
      '--armeria.ports[0].protocols[0]=http',
      ...['--zipkin.storage.type=mem', `--zipkin.storage.mem.max-spans=${String(MOST_SPANS)}`],
    ],
    cwd: ensureDirectory(data),
    logFile,
    ports: [port],
    dependsOn: [],
    ready: httpProbe(`http://${loopback}:${String(port)}/health`),
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 5_000,
    restart,
  };
}
