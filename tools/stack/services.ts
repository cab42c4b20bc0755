import { serviceUrl } from './urls.ts';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Component } from './component.ts';
import { repository } from './paths.ts';
import { httpProbe } from './probes.ts';
import { nodeFlagsOf, type ServiceName } from './service-names.ts';

export interface ServiceOptions {
  /** Unique within the stack; a replica's has a number after the service's name. */
  readonly name: string;
  readonly service: ServiceName;
  readonly port: number;
  /** Complete, except for PORT. */
  readonly env: Readonly<Record<string, string>>;
  readonly dependsOn: readonly string[];
  readonly logFile: string;
  /** The built program; by default dist/apps/<service>/main.js. */
  readonly entry?: string | undefined;
  readonly restart: boolean;
}

/*
 * Of the options in deploy/services.json. What a request or a batch holds lives a few hundred milliseconds: in a young generation that
 * is too small it becomes old, and is moved and marked before it is thrown away. 16 MiB, or 8 MiB where 200 MiB in all would not do
 * otherwise: the order service has requests in hand beside messages, the notification service the most messages. One thread collects
 * the young generation: with all processors busy more of them only wait for each other. Of an old generation that may not become large
 * V8 collects each third more that is in it: the more of it lives only briefly, the dearer that is, so it may grow by 60 % first. The
 * limit is a safety net: queues are bounded well below it.
 */

/** glibc's malloc would keep a heap per thread, up to eight per core, and hand little of it back. */
export const memoryEnv = { MALLOC_ARENA_MAX: '2' };

export function service(options: ServiceOptions): Component {
  const { name, port, logFile, restart, dependsOn } = options;
  return {
    name,
    command: process.execPath,
    args: [
      '--import',
      pathToFileURL(join(repository, 'tools', 'source-maps.js')).href,
      ...nodeFlagsOf(options.service),
      options.entry ?? join(repository, 'dist', 'apps', options.service, 'main.js'),
    ],
    env: { ...memoryEnv, ...options.env, PORT: String(port) },
    cwd: repository,
    logFile,
    ports: [port],
    dependsOn,
    ready: httpProbe(`${serviceUrl(port)}/health/ready`),
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 30_000, // it drains: finishes and commits what it has fetched
    restart,
  };
}
