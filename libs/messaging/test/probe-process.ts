import { CATALOGUE } from '@app/events';
import { authConfig, createService, defineConfig, startService, tracingConfig } from '@app/platform';
import { setTimeout as delay } from 'node:timers/promises';
import { connectEventConsumers } from '../src/messaging.module';
import { MessagingOptions } from '../src/messaging-options';
import { ProbeModule, Script } from './probe.module';

/*
 * A replica of the probe service as a process of its own, which can be killed. It takes its time over each batch, and can
 * not handle the events whose ids it was given. Prints its address when it is up.
 */
const { options, bad, delayMs } = JSON.parse(process.argv[2] ?? '{}') as {
  options: Omit<MessagingOptions, 'catalogue'>;
  bad: string[];
  delayMs: number;
};
const script = new Script();
script.behave = async (events) => {
  await delay(delayMs);
  if (events.some(({ id }) => bad.includes(id))) throw new TypeError('a defect');
};
const service = {
  name: options.service,
  // The catalogue has functions, which do not come through JSON.
  module: ProbeModule.forRoot(new MessagingOptions({ ...options, catalogue: CATALOGUE }), script),
  config: {
    host: '127.0.0.1',
    port: 0,
    logLevel: 'fatal',
    logFormat: 'json',
    serviceVersion: 'test',
    shutdownTimeoutMs: 10_000,
    shutdownDelayMs: 0,
    httpMaxConnections: 1_000,
    ...defineConfig({ ...authConfig(), ...tracingConfig() })({}),
  } as const,
  configure: connectEventConsumers,
};
const app = await createService(service);
await startService(app, service);
process.stdout.write(`${await app.getUrl()}\n`);
