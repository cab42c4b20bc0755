import type { DeskJobResponse, FailedMessageResponse } from '@app/desk';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/**
 * A desk that holds some messages and remembers what it was asked; jobs and retries end at the next look. A message whose error
 * says `broken` fails again.
 */
export class DeskStandIn {
  readonly seen: SeenRequest[] = [];
  private readonly jobs = new Map<string, DeskJobResponse>();
  private readonly retried = new Set<string>();

  private constructor(
    private readonly server: Server,
    private messages: readonly FailedMessageResponse[],
  ) {}

  /** As if all messages had been dealt with: the next jobs have nothing to do. */
  forget(): void {
    this.messages = [];
  }

  static async start(messages: readonly FailedMessageResponse[]): Promise<DeskStandIn> {
    const server = createServer();
    const desk = new DeskStandIn(server, messages);
    server.on('request', (request, response) => void desk.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return desk;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://desk');
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const path = pathname.replace('/failed-messages', '');
    const seen = { method: request.method ?? '', path, query: Object.fromEntries(searchParams), body };
    this.seen.push(seen);
    const [status, answer] = this.answer(seen);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  }

  private answer({ method, path, query, body }: SeenRequest): [number, unknown] {
    if (method === 'GET') return this.read(path, query);
    const bulk = /^\/(retry|discard)$/.exec(path)?.[1];
    if (bulk !== undefined)
      return this.bulk(bulk as DeskJobResponse['kind'], body as { actor: string; dry_run?: boolean; max?: number });
    const message = this.messages.find(({ failed_message_id: id }) => path.startsWith(`/${id}/`));
    if (message?.status === 'quarantined' && (body as { force?: boolean }).force !== true) {
      return [409, { status: 409, code: 'FAILED_MESSAGE.QUARANTINED', detail: 'It was retried too often.' }];
    }
    if (message === undefined) return notFound();
    const retry = path.endsWith('/retry');
    if (retry) this.retried.add(message.failed_message_id);
    return [202, { ...message, status: retry ? 'retrying' : 'discarded' }];
  }

  private read(path: string, query: Readonly<Record<string, string>>): [number, unknown] {
    const jobId = /^\/jobs\/(.+)$/.exec(path)?.[1];
    if (jobId !== undefined) return [200, this.finish(jobId)];
    switch (path) {
      case '':
        return [200, this.page(Number(query.limit), Number(query.cursor ?? 0))];
      case '/groups':
        return [
          200,
          {
            groups: this.messages.map((message) => ({ ...message, count: 1, example_id: message.failed_message_id })),
            complete: this.messages.length < 3,
          },
        ];
      case '/jobs':
        return [200, { jobs: [...this.jobs.values()].toReversed().slice(0, Number(query.limit)) }];
      case '/export':
        return [200, this.messages.map((message) => JSON.stringify(message)).join('\n')];
      default: {
        const message = this.messages.find(({ failed_message_id: id }) => path === `/${id}`);
        const rest = {
          headers: { ce_id: '1' },
          payload: { user_id: 'u' },
          payload_base64: null,
          key: null,
          error_stack: null,
        };
        const lists = { attempt_history: [], waiting: [], actions: [] };
        if (message === undefined) return unknown(path);
        const again = message.error_message?.includes('broken') === true ? 'dead_lettered' : 'resolved';
        const status = this.retried.has(message.failed_message_id) ? again : message.status;
        return [200, { ...message, status, ...rest, ...lists }];
      }
    }
  }

  private page(limit: number, start: number) {
    // Two at a time, so that there are pages.
    const end = start + Math.min(limit, 2);
    const next = end < this.messages.length ? String(end) : null;
    return { failed_messages: this.messages.slice(start, end), next_cursor: next };
  }

  private bulk(
    kind: DeskJobResponse['kind'],
    { actor, dry_run: dry, max }: { actor: string; dry_run?: boolean; max?: number },
  ): [number, unknown] {
    const total = Math.min(max ?? Infinity, this.messages.length);
    if (dry === true) {
      return [
        200,
        { dry_run: true, matching: total, would_retry: total, skipped_quarantined: 0, sample: this.messages },
      ];
    }
    const zero = {
      released: 0,
      resolved: 0,
      failed_again: 0,
      skipped: 0,
      created_at: '2026-01-15T09:30:00Z',
      updated_at: '2026-01-15T09:30:00Z',
      finished_at: null,
    };
    const job: DeskJobResponse = {
      job_id: `job-${this.jobs.size + 1}`,
      kind,
      status: 'running',
      actor,
      reason: null,
      filter: {},
      max: max ?? null,
      total,
      ...zero,
    };
    this.jobs.set(job.job_id, job);
    return [202, job];
  }

  private finish(jobId: string): DeskJobResponse | undefined {
    const job = this.jobs.get(jobId);
    if (job === undefined) return undefined;
    const done: DeskJobResponse = { ...job, status: 'done', released: job.total, resolved: job.total };
    this.jobs.set(jobId, done);
    return done;
  }
}

function notFound(): [number, unknown] {
  return [404, { status: 404, code: 'FAILED_MESSAGE.NOT_FOUND', detail: 'There is no such failed message.' }];
}

/** An id that is none is refused before it is looked for. */
function unknown(path: string): [number, unknown] {
  if (path !== '/no-uuid') return notFound();
  const detail = 'id must be a UUID';
  const errors = [{ pointer: '#/path/id', detail }];
  return [400, { status: 400, code: 'REQUEST.INVALID', detail: `The request is not valid: ${detail}.`, errors }];
}
