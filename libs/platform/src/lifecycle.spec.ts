import { Logger } from '@nestjs/common';
import { Lifecycle } from './lifecycle';

describe('a service that drains', () => {
  beforeAll(() => void Logger.overrideLogger(false));

  it('is not ready any more before the first hook runs, and runs them one after the other', async () => {
    const lifecycle = new Lifecycle();
    const seen: string[] = [];
    lifecycle.onDrain(async () => {
      seen.push(`first while ${lifecycle.state}`);
      await Promise.resolve();
      seen.push('first is done');
    });
    lifecycle.onDrain(() => void seen.push('second'));
    expect(lifecycle.state).toBe('starting');
    lifecycle.markReady();
    expect(lifecycle.state).toBe('ready');
    await Promise.all([lifecycle.drain(), lifecycle.drain()]);
    expect(seen).toEqual(['first while draining', 'first is done', 'second']);
  });

  it('goes on when a hook fails', async () => {
    const lifecycle = new Lifecycle();
    let ran = false;
    lifecycle.onDrain(() => Promise.reject(new Error('broker away')));
    lifecycle.onDrain(() => void (ran = true));
    await lifecycle.drain();
    expect(ran).toBe(true);
  });

  it('never becomes ready again', async () => {
    const lifecycle = new Lifecycle();
    await lifecycle.drain();
    lifecycle.markReady();
    expect(lifecycle.state).toBe('draining');
  });
});
