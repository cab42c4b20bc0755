import { setTimeout as delay } from 'node:timers/promises';

interface Reply {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A session with a running Node process, in the Chrome DevTools Protocol. */
export class Inspector {
  private readonly socket: WebSocket;
  private readonly pending = new Map<number, Pending>();
  private last = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener('message', ({ data }) => this.receive(JSON.parse(String(data)) as Reply));
    socket.addEventListener('close', () => {
      for (const { reject } of this.pending.values()) reject(new Error('the process has ended'));
      this.pending.clear();
    });
  }

  /** Makes a process listen, which has to have been started with `--inspect-port`, and connects to it. */
  static async attach(pid: number, port: number): Promise<Inspector> {
    process.kill(pid, 'SIGUSR1');
    const [target] = await targetsAt(port);
    if (target === undefined) throw new Error(`nothing to inspect at port ${port}`);
    const socket = new WebSocket(target.webSocketDebuggerUrl);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error(`no connection to ${target.webSocketDebuggerUrl}`)));
    });
    return new Inspector(socket);
  }

  /** @throws Error when the process refuses, or ends before it has answered. */
  send<Result>(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<Result> {
    this.last += 1;
    const id = this.last;
    this.socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve: (result) => resolve(result as Result), reject });
    });
  }

  close(): void {
    this.socket.close();
  }

  private receive({ id, result, error }: Reply): void {
    const waiting = this.pending.get(id ?? 0);
    if (waiting === undefined) return;
    this.pending.delete(id ?? 0);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(error.message));
  }
}

async function targetsAt(port: number): Promise<{ readonly webSocketDebuggerUrl: string }[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
      return (await answer.json()) as { webSocketDebuggerUrl: string }[];
    } catch (error) {
      if (attempt === 50) throw error;
      await delay(100); // the signal is answered when the event loop comes round
    }
  }
}
