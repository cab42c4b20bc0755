import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from './ports';

const run = promisify(execFile);

async function listening(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

describe('free ports', () => {
  it('are never the same for two who ask, although nobody listens there yet', async () => {
    const ports = (await Promise.all(Array.from({ length: 50 }, () => freePorts(3)))).flat();
    expect(new Set(ports).size).toBe(150);
    expect(ports.filter((port) => port <= 11_000 || port >= 31_000)).toEqual([]);
  });

  it('leave out where somebody listens', async () => {
    const [port = 0] = await freePorts(1);
    const server = await listening(port - 1);
    expect(await freePorts(20)).not.toContain(port - 1);
    await new Promise((resolve) => server.close(resolve));
  });

  it('are never those of another process that asks at the same time', async () => {
    const dice = jest.spyOn(Math, 'random').mockReturnValue(0.5);
    // Enough for a new block, which begins where the other process looks first.
    const ports = await freePorts(250);
    dice.mockRestore();
    const module = join(import.meta.dirname, 'ports.ts');
    const script = `Math.random = () => 0.5; console.log(JSON.stringify(await (await import('${module}')).freePorts(60)))`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script]);
    const others = JSON.parse(stdout) as number[];
    expect(others).toHaveLength(60);
    expect(others.filter((port) => ports.includes(port))).toEqual([]);
  });
});
