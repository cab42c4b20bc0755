import { commonConfig } from './common-config';
import { ConfigurationError } from './configuration.error';
import { defineConfig, environmentName } from './define-config';
import { describeConfig, renderEnvExample } from './env-example';
import { bool, durationMs, hostList, oneOf, optional, port, positiveInt, ratio, text, url } from './variables';

const order = commonConfig({ port: 8001, databaseUser: 'order_service' });
const payment = { ...commonConfig({ port: 8002, databaseUser: 'payment_service' }) };

function problemsOf(work: () => unknown): ConfigurationError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
  }
  throw new Error('a ConfigurationError was expected');
}

describe('a service without any environment', () => {
  it('finds the local stack', () => {
    expect(defineConfig(order)({})).toMatchObject({
      port: 8001,
      host: '127.0.0.1',
      kafkaBootstrapServers: ['127.0.0.1:9092'],
      databaseUrl: 'postgres://order_service:order_service@127.0.0.1:5432/microservices_db',
      databasePoolSize: 10,
      topicPartitions: 6,
      topicReplicationFactor: 1,
      shutdownTimeoutMs: 20_000,
      shutdownDelayMs: 500,
      httpMaxConnections: 10_000,
      logFormat: 'auto',
    });
  });

  it('treats an empty variable as an absent one', () => {
    expect(defineConfig(order)({ PORT: '' }).port).toBe(8001);
  });

  it('cannot change its config, not even deep inside', () => {
    const config = defineConfig(order)({ KAFKA_BOOTSTRAP_SERVERS: 'a:1, b:2' });
    expect(config.kafkaBootstrapServers).toEqual(['a:1', 'b:2']);
    expect(() => (config.kafkaBootstrapServers as string[]).push('c:3')).toThrow(TypeError);
    expect(() => Object.assign(config, { port: 1 })).toThrow(TypeError);
  });
});

describe('an environment with mistakes', () => {
  const load = defineConfig({ ...order, apiKey: text({ description: 'Key.', secret: true }) });

  it('is refused once, naming all of them', () => {
    const error = problemsOf(() => load({ PORT: '80a', LOG_LEVEL: 'loud' }));
    expect(error.problems.map(({ variable }) => variable)).toEqual(['PORT', 'LOG_LEVEL', 'API_KEY']);
    expect(error.message).toContain('PORT is not in the allowed range of whole numbers (it is "80a")');
    expect(error.message).toContain('API_KEY is missing');
    expect(error.message).toContain('for example LOG_LEVEL=info');
  });

  it('never shows a secret', () => {
    const env = { DATABASE_URL: 'mysql://u:hunter2@h/d', REDIS_URL: 'hunter2', API_KEY: ' ' };
    const error = problemsOf(() => load(env));
    expect(error.problems).toHaveLength(3);
    expect(error.message).not.toContain('hunter2');
  });
});

describe('a variable', () => {
  const d = { description: 'x' };
  it.each([
    ['bool', bool(d), 'Yes', true],
    ['bool', bool(d), 'off', false],
    ['ratio', ratio(d), '0.25', 0.25],
    ['duration', durationMs(d), '0', 0],
    ['optional', optional(port(d)), undefined, undefined],
    ['host list', hostList(d), '[::1]:9092,kafka:9093', ['[::1]:9092', 'kafka:9093']],
    ['word', oneOf(['a', 'b'], d), 'b', 'b'],
  ])('of kind %s reads %4$p', (_kind, variable, value, expected) => {
    expect(defineConfig({ it: variable })({ IT: value }).it).toEqual(expected);
  });

  it.each([
    ['bool', bool(d), 'maybe'],
    ['ratio', ratio(d), '1.01'],
    ['ratio', ratio(d), '1e-1'],
    ['duration', durationMs(d), '-1'],
    ['duration', durationMs(d), '5s'],
    ['positive int', positiveInt(d), '0'],
    ['positive int', positiveInt(d), '1.5'],
    ['port', port(d), '65536'],
    ['host list', hostList(d), 'kafka'],
    ['host list', hostList(d), 'a:1,'],
    ['url', url(d), 'ftp://host'],
    ['word', oneOf(['a', 'b'], d), 'A'],
  ])('of kind %s refuses %3$p', (_kind, variable, value) => {
    expect(problemsOf(() => defineConfig({ it: variable })({ IT: value })).problems).toHaveLength(1);
  });
});

describe('.env.example', () => {
  it('names a variable as the environment does', () => {
    expect(environmentName('kafkaBootstrapServers')).toBe('KAFKA_BOOTSTRAP_SERVERS');
    expect(describeConfig(order).find(({ name }) => name === 'DATABASE_URL')).toMatchObject({
      secret: true,
      required: false,
    });
  });

  it('says once what is common, then what differs, and changes nothing as it is', () => {
    const key = { apiKey: text({ description: 'Key.', example: 'abc', secret: true }) };
    const file = renderEnvExample([
      { name: 'order-service', spec: order },
      { name: 'payment-service', spec: { ...payment, ...key } },
    ]);
    expect(file.match(/#LOG_LEVEL=info/g)).toHaveLength(1);
    expect(file.match(/#PORT=800[12]/g)).toEqual(['#PORT=8001', '#PORT=8002']);
    expect(file).toContain('\n# Key.\n# (a text; required; secret)\nAPI_KEY=abc\n');
    expect(file.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual(['API_KEY=abc']);
  });
});
