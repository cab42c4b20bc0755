import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RunningStack } from '../../tools/stack/index.ts';
import { servicePorts } from '../../tools/stack/index.ts';

const run = promisify(execFile);

/** Every curl fails on an error's status and ends its answer with a newline; the last word is the order they speak of. */
const PRELUDE = `set -eu
curl() { command curl --silent --show-error --fail-with-body --max-time 40 "$@"; echo; }
`;
const EPILOGUE = `
printf 'ORDER_ID=%s' "\${ORDER_ID-}"`;

/** A reader's terminal: runs what the README says, against an isolated system, and remembers \`ORDER_ID\`. */
export class ReadmeShell {
  private orderId: string | undefined;

  constructor(private readonly stack: RunningStack) {}

  /** Runs a block and gives the JSON answers of its curls, in their order. @throws with what bash wrote when it fails */
  async run(block: string): Promise<unknown[]> {
    const script = PRELUDE + this.withIsolatedPorts(block) + EPILOGUE;
    const env = { ...process.env, ...(this.orderId === undefined ? {} : { ORDER_ID: this.orderId }) };
    const { stdout } = await run('bash', ['-c', script], { env });
    const lines = stdout.split('\n').filter((line) => line !== '');
    const orderId = lines.pop()?.replace('ORDER_ID=', '');
    if (orderId !== undefined && orderId !== '') this.orderId = orderId;
    return lines.map((line) => JSON.parse(line) as unknown);
  }

  /** @throws when a block speaks to a port that is none of the system's */
  private withIsolatedPorts(block: string): string {
    return block.replace(/http:\/\/localhost:(\d+)/g, (_, port) => {
      const service = Object.entries(servicePorts).find(([, documented]) => documented === Number(port))?.[0];
      const url = service === undefined ? undefined : this.stack.services[service];
      if (url === undefined) throw new Error(`nothing documented listens on port ${String(port)}`);
      return url;
    });
  }
}
