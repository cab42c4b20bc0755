import type { Component } from './component.ts';
import { ensureDirectory } from './paths.ts';
import { loopback } from './ports.ts';
import { redisProbe } from './probes.ts';

export interface RedisOptions {
  readonly port: number;
  readonly data: string;
  readonly logFile: string;
  readonly redisServer: string;
  readonly restart: boolean;
}

/** A cache: bounded, and empty after a restart. */
export function redis({ port, data, logFile, redisServer, restart }: RedisOptions): Component {
  const settings = {
    port: String(port),
    bind: loopback,
    save: '',
    appendonly: 'no',
    maxmemory: '128mb',
    'maxmemory-policy': 'allkeys-lru',
  };
  return {
    name: 'redis',
    command: redisServer,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    cwd: ensureDirectory(data),
    logFile,
    ports: [port],
    dependsOn: [],
    ready: redisProbe(port),
    readyWithinMs: 20_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 5_000,
    restart,
  };
}
