import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Component } from './component.ts';
import { java, logging, shortLivedJvm } from './java.ts';
import { ensureDirectory } from './paths.ts';
import { loopback } from './ports.ts';
import { zookeeperProbe } from './probes.ts';

export interface ZooKeeperOptions {
  readonly port: number;
  readonly data: string;
  readonly logFile: string;
  readonly javaClassPath: string;
  readonly restart: boolean;
}

export function zookeeper(options: ZooKeeperOptions): Component {
  const { port, logFile } = options;
  const data = ensureDirectory(options.data);
  const configuration = join(data, 'zoo.cfg');
  writeFileSync(configuration, properties(port, data));
  return {
    name: 'zookeeper',
    command: java(),
    args: [
      ...['-Xms64m', '-Xmx192m', ...shortLivedJvm],
      logging(data),
      ...['-cp', options.javaClassPath, 'org.apache.zookeeper.server.quorum.QuorumPeerMain', configuration],
    ],
    cwd: data,
    logFile,
    ports: [port],
    dependsOn: [],
    ready: zookeeperProbe(port),
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 10_000,
    restart: options.restart,
  };
}

function properties(port: number, data: string): string {
  return `dataDir=${data}
clientPort=${String(port)}
clientPortAddress=${loopback}
tickTime=1000
maxClientCnxns=0
admin.enableServer=false
# srvr: are you there; dump: which sessions hold which nodes
4lw.commands.whitelist=srvr,dump
autopurge.snapRetainCount=3
autopurge.purgeInterval=24
`;
}
