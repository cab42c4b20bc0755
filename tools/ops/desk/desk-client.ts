import { ask, credentialsHint } from '../cli/ask.ts';
import type {
  DeskJobResponse,
  DeskDryRunResponse,
  FailedMessageGroupResponse,
  FailedMessageResponse,
  FullFailedMessageResponse,
} from '@app/desk';
import type { ServiceName } from '../../stack/service-names.ts';
import { OpsError } from '../cli/exit-code.ts';

const ANSWER_WITHIN_MS = 15_000;
const EXPORT_SILENCE_MS = 60_000;
const PAGE = 100;

/** What narrows a list or a bulk action; see `GET /failed-messages`. */
export interface MessageFilter {
  readonly status?: string;
  readonly topic?: string;
  readonly reason?: string;
  readonly error?: string;
  readonly since?: string;
  readonly order_id?: string;
}

/** A refusal of the service, in its own words. */
export class DeskRefusal extends OpsError {
  constructor(
    readonly service: ServiceName,
    readonly status: number,
    readonly code: string | undefined,
    detail: string,
  ) {
    super(`${service}: ${detail}`);
  }
}

/** A bulk action: with a filter, or on everything. */
export interface BulkRequest {
  /** Left out by those whose credentials name them. */
  readonly actor?: string;
  readonly filter?: MessageFilter;
  readonly all?: true;
  readonly max?: number;
  readonly reason?: string;
  readonly dry_run?: boolean;
}

/** The desk of failed messages of one service. Every call ends in time; @throws OpsError when it does not answer well. */
export class DeskClient {
  constructor(
    readonly service: ServiceName,
    private readonly baseUrl: string,
  ) {}

  /** Newest first, page by page, at most `limit` of them. */
  async list(filter: MessageFilter, limit: number): Promise<FailedMessageResponse[]> {
    const found: FailedMessageResponse[] = [];
    let cursor: string | undefined;
    let more = true;
    while (more) {
      const size = String(Math.min(PAGE, limit - found.length));
      const query = queryOf({ ...filter, limit: size, ...(cursor === undefined ? {} : { cursor }) });
      const page = await this.send<{ failed_messages: FailedMessageResponse[]; next_cursor: string | null }>(
        'GET',
        query,
      );
      found.push(...page.failed_messages);
      cursor = page.next_cursor ?? undefined;
      // A page may be empty although the list goes on: a service looks at so many messages for each, and no more.
      more = cursor !== undefined && found.length < limit;
    }
    return found.slice(0, limit);
  }

  /** The largest groups of the newest messages, when there are too many of either: `complete` is false then. */
  groups(
    filter: MessageFilter,
  ): Promise<{ readonly groups: FailedMessageGroupResponse[]; readonly complete: boolean }> {
    return this.send('GET', `/groups${queryOf({ ...filter })}`);
  }

  show(id: string): Promise<FullFailedMessageResponse> {
    return this.send('GET', `/${encodeURIComponent(id)}`);
  }

  retryOne(id: string, actor: string | undefined, force: boolean): Promise<FailedMessageResponse> {
    return this.send('POST', `/${encodeURIComponent(id)}/retry`, {
      ...(actor === undefined ? {} : { actor }),
      ...(force ? { force } : {}),
    });
  }

  discardOne(id: string, actor: string | undefined, reason: string): Promise<FailedMessageResponse> {
    return this.send('POST', `/${encodeURIComponent(id)}/discard`, {
      ...(actor === undefined ? {} : { actor }),
      reason,
    });
  }

  bulk(kind: 'retry' | 'discard', request: BulkRequest): Promise<DeskJobResponse | DeskDryRunResponse> {
    return this.send('POST', `/${kind}`, request);
  }

  job(id: string): Promise<DeskJobResponse> {
    return this.send('GET', `/jobs/${encodeURIComponent(id)}`);
  }

  async jobs(limit: number): Promise<DeskJobResponse[]> {
    return (await this.send<{ jobs: DeskJobResponse[] }>('GET', `/jobs${queryOf({ limit: String(limit) })}`)).jobs;
  }

  /** One message a line, as JSON; ended when nothing comes for a minute. */
  async *export(filter: MessageFilter): AsyncGenerator<string> {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), EXPORT_SILENCE_MS);
    try {
      const response = await this.call('GET', `/export${queryOf({ ...filter })}`, undefined, silence.signal);
      let rest = '';
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), EXPORT_SILENCE_MS);
        const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        yield* lines.filter((line) => line !== '');
      }
      if (rest !== '') yield rest;
    } catch (error) {
      throw error instanceof OpsError ? error : new OpsError(`${this.service} aborted the export: ${String(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }

  private async send<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const response = await this.call(method, path, body, AbortSignal.timeout(ANSWER_WITHIN_MS));
    try {
      return (await response.json()) as Body;
    } catch {
      throw new OpsError(`${this.service} returned no JSON from ${this.baseUrl}; check the address`);
    }
  }

  private async call(method: string, path: string, body: unknown, signal: AbortSignal): Promise<Response> {
    let response: Response;
    try {
      response = await ask(`${this.baseUrl}/failed-messages${path}`, {
        method,
        signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
    } catch {
      throw new OpsError(`${this.service} does not answer at ${this.baseUrl}; is the system running?`);
    }
    if (response.ok) return response;
    throw await refusalOf(this.service, response);
  }
}

async function refusalOf(service: ServiceName, response: Response): Promise<DeskRefusal> {
  const { status } = response;
  const text = await response.text().catch(() => '');
  try {
    const problem = JSON.parse(text) as ProblemDetails;
    return new DeskRefusal(service, status, problem.code, `${wordsOf(problem, status)}${credentialsHint(status)}`);
  } catch {
    return new DeskRefusal(service, status, undefined, `HTTP ${status}`);
  }
}

/** The sentence of a problem, and those of its errors that do not stand in it. */
function wordsOf({ title, detail, errors = [] }: ProblemDetails, status: number): string {
  const sentence = detail ?? title ?? `HTTP ${status}`;
  const more = errors.filter((error) => error.detail !== undefined && !sentence.includes(error.detail));
  return [sentence, ...more.map((error) => `${error.pointer ?? ''} ${error.detail ?? ''}`)].join('; ');
}

interface ProblemDetails {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly errors?: readonly { readonly pointer?: string; readonly detail?: string }[];
}

function queryOf(fields: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}
