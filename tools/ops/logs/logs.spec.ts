import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordedConsole } from '../cli/recorded-console.ts';
import { logsCommand } from './logs-command.ts';

const ORDER = '0197a000-0000-7000-8000-0000000000aa';
const OTHER = '0197a000-0000-7000-8000-0000000000bb';
let directory: string;

function line(service: string, seconds: number, message: string, fields: object = {}, level = 'info'): string {
  const time = new Date(Date.UTC(2026, 0, 15, 10, 0, seconds)).toISOString();
  return `${JSON.stringify({ level, time, service, message, order_id: ORDER, ...fields })}\n`;
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'logs-'));
  writeFileSync(
    join(directory, 'order-service.log'),
    line('order-service', 1, 'Order 7F3K-29QX placed', { order_number: '7F3K-29QX' }) +
      line('order-service', 2, 'Order of somebody else', { order_id: OTHER, detail: ORDER }) +
      line('order-service', 4, 'Order 7F3K-29QX confirmed') +
      '{"order_id":"' +
      ORDER,
  );
  writeFileSync(
    join(directory, 'payment-service.log'),
    `Node.js says something about ${ORDER}\n${line('payment-service', 3, 'Payment \u001b[2Jlost', {}, 'error')}`,
  );
  writeFileSync(join(directory, 'kafka.log'), line('kafka', 0, 'of the infrastructure'));
});

afterEach(() => rmSync(directory, { recursive: true }));

describe('ops logs', () => {
  it.each([ORDER, ORDER.toUpperCase(), '7F3K-29QX', '7f3k-29qx'])(
    'tells the story of %s over all services',
    async (order) => {
      const console = new RecordedConsole();
      expect(await logsCommand(console, order, { directory })).toBe(0);
      expect(console.printed).toEqual([
        '10:00:01.000  order         Order 7F3K-29QX placed',
        '10:00:03.000  payment       Payment \ufffd[2Jlost [error]',
        '10:00:04.000  order         Order 7F3K-29QX confirmed',
      ]);
    },
  );

  it('prints the lines themselves for programs', async () => {
    const console = new RecordedConsole();
    await logsCommand(console, ORDER, { directory, json: true });
    expect(JSON.parse(console.printed[0] ?? '')).toMatchObject({ order_id: ORDER, order_number: '7F3K-29QX' });
  });

  it('says where it has looked when there is nothing', async () => {
    const console = new RecordedConsole();
    expect(await logsCommand(console, '0197a000-0000-7000-8000-0000000000cc', { directory })).toBe(1);
    expect(console.notes.join()).toContain(directory);
  });

  it('refuses what is neither an id nor a number, and a directory without logs', async () => {
    const console = new RecordedConsole();
    await expect(logsCommand(console, 'order-1', { directory })).rejects.toThrow('order-1');
    await expect(logsCommand(console, ORDER, { directory: join(directory, 'none') })).rejects.toThrow('none');
  });
});
