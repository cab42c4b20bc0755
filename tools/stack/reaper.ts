import { spawn, type ChildProcess } from 'node:child_process';

/**
 * A small shell process which ends the stack when the supervising process dies, however it dies: its standard input
 * breaks then. It is told which process groups live, asks each to stop in its own way and kills what is left.
 */
const script = `
trap '' HUP INT TERM
groups=' '
while read -r change group signal; do
  case $change in
    add) groups="$groups$group:$signal " ;;
    remove) groups=$(printf '%s' "$groups" | sed "s/ $group:[A-Z0-9]* / /") ;;
  esac
done
alive() { for each in $groups; do kill -0 -- "-\${each%:*}" 2>/dev/null && return 0; done; return 1; }
for each in $groups; do
  kill -s "\${each#*:}" -- "-\${each%:*}" 2>/dev/null
  kill -s CONT -- "-\${each%:*}" 2>/dev/null
done
rounds=0
while alive && [ $rounds -lt 25 ]; do sleep 0.2; rounds=$((rounds + 1)); done
for each in $groups; do kill -s KILL -- "-\${each%:*}" 2>/dev/null; done
`;

export class Reaper {
  readonly #shell: ChildProcess;

  constructor() {
    // A session of its own: Ctrl-C in the terminal reaches the supervisor, which decides.
    this.#shell = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/' });
    this.#shell.on('error', () => undefined);
    this.#shell.stdin?.on('error', () => undefined);
    this.#shell.unref();
    // The pipe must not keep the supervising process alive; that it is a socket is not in the types.
    (this.#shell.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  }

  add(group: number, stopSignal: NodeJS.Signals): void {
    this.#tell(`add ${String(group)} ${stopSignal.replace(/^SIG/, '')}`);
  }

  remove(group: number): void {
    this.#tell(`remove ${String(group)}`);
  }

  /** Lets the shell go. Groups still known to it are ended. */
  close(): void {
    this.#shell.stdin?.end();
  }

  #tell(line: string): void {
    this.#shell.stdin?.write(`${line}\n`);
  }
}
