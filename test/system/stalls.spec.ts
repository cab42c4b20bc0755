import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { StallReport } from './stalls';

/** Listens, then uses the processor for so many milliseconds without a pause, and ends. */
const PROGRAM = `
  const [, name, ms] = process.argv;
  require('node:net').createServer().listen(0, '127.0.0.1', () => setTimeout(() => {
    const used = () => { const { user, system } = process.threadCpuUsage(); return (user + system) / 1000; };
    const begun = used();
    while (used() - begun < Number(ms));
    setTimeout(() => process.exit(), 100);
  }, 100));
`;

let report: StallReport;
beforeEach(() => void (report = new StallReport()));
afterEach(() => report.remove());

async function run(ms: number): Promise<void> {
  const env = { PATH: process.env['PATH'], ...report.envOfBuilt };
  const program = spawn(process.execPath, ['-e', PROGRAM, 'order-service', String(ms)], { env, stdio: 'inherit' });
  expect(await once(program, 'exit')).toEqual([0, null]);
}

describe('a service that listens', () => {
  it('reports that it served nobody for 300 ms', async () => {
    await run(300);
    expect([...report.watched]).toEqual(['order-service']);
    expect(report.tooLong).toMatchObject([{ service: 'order-service' }]);
    expect(report.longestMs).toBeGreaterThan(250);
  });

  it('is watched also when there is nothing to report', async () => {
    await run(0);
    expect([...report.watched]).toEqual(['order-service']);
    expect(report.tooLong).toEqual([]);
  });
});

it('a service that was never watched is not among those that were', () => {
  expect(report.watched.size).toBe(0);
});
