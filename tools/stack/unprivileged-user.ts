import { readFileSync } from 'node:fs';
import { runningAsRoot } from './paths.ts';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Whom PostgreSQL runs as: nobody in particular when we are root, else ourselves (undefined). */
export function unprivilegedUser(): User | undefined {
  if (!runningAsRoot) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const account = ['postgres', 'nobody'].map((name) => accounts.find((fields) => fields[0] === name)).find(Boolean);
  if (account === undefined)
    throw new Error('PostgreSQL cannot run as root, and there is no user "nobody" to run it as');
  // Some systems give `nobody` the id -2, which the kernel takes as an unsigned number.
  return { uid: Number(account[2]) >>> 0, gid: Number(account[3]) >>> 0 };
}
