import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Lifecycle } from './lifecycle';
import { shutDown } from './shutdown';

/** An application that writes down what is done to it, and whether it was ready then. */
function anApplication() {
  const seen: string[] = [];
  const lifecycle = new Lifecycle();
  lifecycle.markReady();
  lifecycle.onDrain(() => void seen.push(`drained, ${lifecycle.state}`));
  const close = (what: string) => () => Promise.resolve(void seen.push(what));
  const app = {
    get: () => lifecycle,
    getHttpServer: () => ({ closeAllConnections: () => undefined }),
    getHttpAdapter: () => ({ getInstance: () => ({ close: close('closed to requests') }) }),
    close: close('closed'),
  };
  return { app: app as unknown as NestFastifyApplication, seen };
}

describe('a service that is told to end', () => {
  it('is not ready at once, and is closed to requests only when a balancer can have noticed', async () => {
    const { app, seen } = anApplication();
    const begun = performance.now();
    const ended = shutDown(app, 10_000, 150);
    expect(seen).toEqual(['drained, draining']);
    await ended;
    expect(seen).toEqual(['drained, draining', 'closed to requests', 'closed']);
    expect(performance.now() - begun).toBeGreaterThan(145);
  });

  it('does not spend the time it has for its end on balancers', async () => {
    const { app } = anApplication();
    const begun = performance.now();
    await shutDown(app, 200, 5_000);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
