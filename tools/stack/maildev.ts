import { join } from 'node:path';
import type { Component } from './component.ts';
import { ensureDirectory, repository } from './paths.ts';
import { loopback } from './ports.ts';
import { httpProbe, smtpProbe } from './probes.ts';

export interface MailDevOptions {
  readonly smtpPort: number;
  readonly webPort: number;
  readonly data: string;
  readonly logFile: string;
  readonly restart: boolean;
}

/** An SMTP server that delivers to a web page. Mails are kept in memory, the newest few thousand. */
export function maildev({ smtpPort, webPort, data, logFile, restart }: MailDevOptions): Component {
  const program = join(repository, 'node_modules', 'maildev', 'dist', 'bin', 'maildev.js');
  const directory = ensureDirectory(data);
  return {
    name: 'maildev',
    command: process.execPath,
    args: [
      program,
      ...['--ip', loopback, '--smtp', String(smtpPort), '--web-ip', loopback, '--web', String(webPort)],
      ...['--max-emails', '5000'],
    ],
    // Attachments go to the temporary folder; each stack has its own.
    env: { TMPDIR: directory },
    cwd: directory,
    logFile,
    ports: [smtpPort, webPort],
    dependsOn: [],
    ready: async () => {
      await smtpProbe(smtpPort)();
      await httpProbe(`http://${loopback}:${String(webPort)}/api/healthz`)();
    },
    readyWithinMs: 30_000,
    stopSignal: 'SIGTERM',
    stopWithinMs: 5_000,
    restart,
  };
}
