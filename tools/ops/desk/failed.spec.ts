import type { FailedMessageResponse } from '@app/desk';
import { runOps } from '../cli/program.ts';
import { RecordedConsole } from '../cli/recorded-console.ts';
import { DeskStandIn } from './desk.stand-in.ts';

function message(id: string, overrides: Partial<FailedMessageResponse> = {}): FailedMessageResponse {
  return {
    failed_message_id: id,
    status: 'dead_lettered',
    reason: 'handler_failed',
    topic: 'order_created',
    partition: 2,
    offset: 17,
    event_id: null,
    order_id: '0197a3c0-0000-7000-8000-000000000001',
    error_class: 'TypeError',
    error_message: `cannot read ${id}`,
    attempts: 9,
    desk_retries: 0,
    blocks_order: true,
    waiting_behind: 3,
    first_failure_at: '2026-01-15T09:30:00.000Z',
    last_failure_at: '2026-01-15T09:58:00.000Z',
    next_attempt_at: null,
    resolved_at: null,
    created_at: '2026-01-15T09:30:00.000Z',
    ...overrides,
  };
}

let payment: DeskStandIn;
let inventory: DeskStandIn;
const environment = process.env;

beforeEach(async () => {
  payment = await DeskStandIn.start([message('p1'), message('p2'), message('p3', { status: 'quarantined' })]);
  inventory = await DeskStandIn.start([
    message('i1', { created_at: '2026-01-15T09:59:00.000Z' }),
    message('i2', { created_at: '2026-01-15T09:20:00.000Z', error_message: 'broken' }),
  ]);
  process.env = {
    ...environment,
    ORDER_SERVICE_URL: 'http://127.0.0.1:9',
    PAYMENT_SERVICE_URL: payment.url,
    INVENTORY_SERVICE_URL: `${inventory.url}/`,
    NOTIFICATION_SERVICE_URL: 'http://127.0.0.1:9',
  };
});

afterEach(async () => {
  process.env = environment;
  await Promise.all([payment.stop(), inventory.stop()]);
});

const TWO = ['--service', 'payment', 'inventory-service'];

async function ops(...words: string[]): Promise<RecordedConsole & { exit: number }> {
  const console = new RecordedConsole();
  const exit = await runOps(words, console);
  return Object.assign(console, { exit });
}

describe('failed list', () => {
  it('shows the messages of all services in one table, newest first, page after page', async () => {
    const { text, exit } = await ops('failed', 'list', ...TWO);
    const ids = text.split('\n').map((line) => line.split(/\s+/)[0]);
    expect(ids).toEqual(['ID', 'i1', 'p1', 'p2', 'p3', 'i2']);
    expect(text).toMatch(/i1 +inventory +dead_lettered +order_created .* 9 +3 +2 min +TypeError: cannot read i1/);
    expect(exit).toBe(1);
  });

  it('asks for what it was told, times as the service wants them', async () => {
    const words = 'failed list --service payment --since 10m --topic order_created --error TypeError';
    await ops(...words.split(' '));
    expect(payment.seen[0]?.query).toEqual({
      since: '2026-01-15T09:50:00.000Z',
      topic: 'order_created',
      error: 'TypeError',
      limit: '50',
    });
  });

  it('shows what it can when a service is down, and says which one is', async () => {
    const { notes, json, exit } = await ops('failed', 'list', '--json');
    expect(json).toMatchObject({ unreachable: ['order-service', 'notification-service'] });
    expect(notes[0]).toBe('order-service does not answer at http://127.0.0.1:9; is the system running?');
    expect(exit).toBe(2);
  });

  it('does not let a message take over the terminal it is looked at in', async () => {
    const evil = await DeskStandIn.start([
      message('x', { error_message: 'red \u001b[31m alert, evil\u202egnp.exe \u2067\u061c' }),
    ]);
    process.env['PAYMENT_SERVICE_URL'] = evil.url;
    const { text } = await ops('failed', 'list', '--service', 'payment');
    await evil.stop();
    expect(text).toContain('red \uFFFD[31m alert, evil\uFFFDgnp.exe \uFFFD\uFFFD');
  });
});

describe('failed groups', () => {
  it('says which services have more than was looked at', async () => {
    const { notes, text } = await ops('failed', 'groups', ...TWO);
    expect(notes).toEqual([
      'payment-service has more: only the 200 largest groups of its newest 10,000 messages are shown.',
    ]);
    expect(text).toMatch(/cannot read p1/);
  });
});

describe('failed show', () => {
  it('finds the service by itself', async () => {
    const { text, exit } = await ops('failed', 'show', 'i1', ...TWO);
    expect(text).toMatch(/service +inventory-service/);
    expect(text).toContain('"user_id": "u"');
    expect(exit).toBe(0);
  });

  it('repeats a refusal once', async () => {
    const { notes, exit } = await ops('failed', 'show', 'no-uuid', ...TWO);
    expect([notes, exit]).toEqual([['payment-service: The request is not valid: id must be a UUID.'], 2]);
  });

  it('says when nobody knows the message', async () => {
    const { notes, exit } = await ops('failed', 'show', 'nobody', ...TWO);
    expect([notes, exit]).toEqual([['no failed message has the id nobody'], 2]);
  });
});

describe('failed retry', () => {
  it('retries one message, in the name of who is at the keyboard', async () => {
    const { exit } = await ops('failed', 'retry', 'p1', ...TWO);
    expect(payment.seen).toContainEqual(
      expect.objectContaining({ method: 'POST', path: '/p1/retry', body: { actor: 'operator' } }),
    );
    expect(exit).toBe(0);
  });

  it('waits for what becomes of one message, and says so with its exit code', async () => {
    const good = await ops('failed', 'retry', 'p1', ...TWO);
    expect([good.text.includes('resolved'), good.exit]).toEqual([true, 0]);
    const bad = await ops('failed', 'retry', 'i2', ...TWO);
    expect([bad.text.includes('dead_lettered'), bad.exit]).toEqual([true, 1]);
  });

  it('leaves a quarantined one alone, unless it is forced', async () => {
    const refused = await ops('failed', 'retry', 'p3', ...TWO);
    expect([refused.notes, refused.exit]).toEqual([['payment-service: It was retried too often.'], 2]);
    expect((await ops('failed', 'retry', 'p3', '--force', ...TWO)).exit).toBe(0);
  });

  it('retries what a filter matches, not more than was allowed, and follows it to its end', async () => {
    const { text, notes, exit } = await ops(
      'failed',
      'retry',
      '--topic',
      'order_created',
      '--max',
      '4',
      '--actor',
      'eve',
      ...TWO,
    );
    const body = { actor: 'eve', filter: { topic: 'order_created' }, max: 4 };
    expect(payment.seen[0]).toMatchObject({ path: '/retry', body });
    expect(inventory.seen[0]).toMatchObject({ path: '/retry', body: { ...body, max: 1 } });
    expect(text).toContain('payment-service: retry done, 3 of 3 released, 3 resolved, 0 failed again');
    const ends = [...notes, ...text.split('\n')].filter((line) => line.includes('retry done'));
    expect(ends).toHaveLength(2);
    expect(exit).toBe(0);
  });

  it('says what it would do, without doing it', async () => {
    const { text } = await ops('failed', 'retry', '--all', '--dry-run', ...TWO);
    expect(text).toMatch(/payment-service +3 +3 +0/);
    expect(payment.seen.map(({ body }) => body)).toEqual([{ actor: 'operator', all: true, dry_run: true }]);
  });

  it.each([
    [['failed', 'retry'], /no messages selected/],
    [['failed', 'retry', 'p1', '--topic', 'order_created'], /not both/],
    [['failed', 'discard', 'p1'], /requires --reason/],
    [['failed', 'retry', '--all', '--max', 'many'], /whole number/],
    [['failed', 'list', '--since', 'yesterday'], /neither a duration nor a time/],
    [['failed', 'list', '--service', 'billing'], /there is no billing/],
    [['failed', 'explode'], /unknown command/],
  ])('is not begun when it makes no sense: %j', async (words, says) => {
    const { notes, exit } = await ops(...words);
    expect(notes.join()).toMatch(says);
    expect(exit).toBe(2);
    expect([...payment.seen, ...inventory.seen]).toEqual([]);
  });
});

describe('failed discard', () => {
  it('gives a message up, with the reason', async () => {
    await ops('failed', 'discard', 'i1', '--reason', 'test data', ...TWO);
    expect(inventory.seen.at(-1)).toMatchObject({
      path: '/i1/discard',
      body: { actor: 'operator', reason: 'test data' },
    });
  });
});

describe('failed export, jobs and watch', () => {
  it('exports one message a line', async () => {
    const { printed } = await ops('failed', 'export', ...TWO);
    expect(printed.map((line) => (JSON.parse(line) as { failed_message_id: string }).failed_message_id)).toEqual([
      ...['p1', 'p2', 'p3', 'i1', 'i2'],
    ]);
  });

  it('lists the jobs', async () => {
    await ops('failed', 'retry', '--all', ...TWO);
    expect((await ops('failed', 'jobs', ...TWO)).text).toMatch(/job-1 +payment +retry +done +operator +3 +3 +3 +0 +0/);
  });

  it('lists jobs that work, however many came after them with nothing to do', async () => {
    for (const max of ['1', '2', '3']) await ops('failed', 'retry', '--all', '--max', max, '--service', 'payment');
    payment.forget();
    for (let n = 0; n < 12; n += 1) await ops('failed', 'retry', '--all', '--service', 'payment');
    const listed = (await ops('failed', 'jobs', '--limit', '2', '--json', '--service', 'payment')).json;
    expect(listed).toMatchObject({ jobs: [{ job_id: 'job-3' }, { job_id: 'job-2' }] });
    expect((await ops('failed', 'jobs', '--service', 'payment')).text).toMatch(/job-3.*\n.*job-2.*\n.*job-1/);
  });

  it('says nothing of services that had nothing to do', async () => {
    await inventory.stop();
    inventory = await DeskStandIn.start([]);
    process.env['INVENTORY_SERVICE_URL'] = inventory.url;
    const { text } = await ops('failed', 'retry', '--all', ...TWO);
    expect(text).toBe('payment-service: retry done, 3 of 3 released, 3 resolved, 0 failed again');
    const jobs = (await ops('failed', 'jobs', ...TWO)).text;
    expect([jobs.includes('payment'), jobs.includes('inventory')]).toEqual([true, false]);
    const none = await ops('failed', 'retry', '--all', '--service', 'inventory');
    expect([none.text, none.exit]).toEqual(['No messages match.', 0]);
  });

  it('watches until it is interrupted', async () => {
    const console = new RecordedConsole(3);
    expect(await runOps(['failed', 'watch', ...TWO], console)).toBe(0);
    expect(console.printed.filter((text) => text.includes('COUNT'))).toHaveLength(3);
  });
});
