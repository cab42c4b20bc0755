import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceNames } from '../../stack/service-names.ts';
import { dockerSystem } from './docker-system.ts';

const COMPOSE = readFileSync(join(import.meta.dirname, '../../../docker-compose.yml'), 'utf8');

/** Writes down what it is called with; two services run in it. */
const DOCKER = `#!/bin/sh
echo "$* \${PAYMENT_SERVICE_HOST_PORT-} \${PAYMENT_SIMULATOR_FAILURE_RATE-}" >>"$0.calls"
case "$*" in
  'compose ps --services') printf 'kafka\\npayment-service\\n' ;;
  'compose ps -q') echo 0123456789ab ;;
  'compose pause nothing') echo 'no such service: nothing' >&2; exit 1 ;;
esac
`;

const folder = mkdtempSync(join(tmpdir(), 'docker-'));
const docker = join(folder, 'docker');
const { PATH } = process.env;

beforeEach(() => {
  writeFileSync(docker, DOCKER);
  chmodSync(docker, 0o755);
  writeFileSync(`${docker}.calls`, '');
  process.env['PATH'] = `${folder}:${PATH ?? ''}`;
});

afterAll(() => {
  process.env['PATH'] = PATH;
  rmSync(folder, { recursive: true });
});

async function system() {
  const found = await dockerSystem();
  if (found === undefined) throw new Error('no system');
  writeFileSync(`${docker}.calls`, '');
  return found;
}

function calls(): string[] {
  return readFileSync(`${docker}.calls`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());
}

describe('a system in Docker', () => {
  it('has the components that Compose runs', async () => {
    expect((await system()).components).toEqual(['kafka', 'payment-service']);
  });

  it('has what is killed started again, as Docker does not do that by itself', async () => {
    await (await system()).kill('payment-service');
    expect(calls()).toEqual(['compose kill payment-service', 'compose start payment-service']);
  });

  it('gives several processes of a service a range of ports', async () => {
    const hint = await (await system()).scale('payment-service', 3);
    expect(calls()).toEqual(['compose up -d --no-deps --no-build --scale payment-service=3 payment-service 8102-8104']);
    expect(hint).toContain('PAYMENT_SERVICE_HOST_PORT=8102 in .env');
  });

  it('starts a service again with faults of the gateway', async () => {
    await (await system()).restart('payment-service', { PAYMENT_SIMULATOR_FAILURE_RATE: '0.5' });
    expect(calls()).toEqual(['compose up -d --no-deps --no-build payment-service  0.5']);
  });

  it('says what Compose says when it fails', async () => {
    await expect((await system()).pause('nothing')).rejects.toThrow(
      'docker compose pause nothing failed: no such service: nothing',
    );
  });
});

describe.each(serviceNames)('%s in docker-compose.yml', (service) => {
  const definition = new RegExp(`^  ${service}:\\n((?:    .*\\n|\\n)+)`, 'm').exec(COMPOSE)?.[1] ?? '';

  it('can run in several containers: it has no name of its own, and its port can become a range', () => {
    expect(definition).toContain('image:');
    expect(definition).not.toContain('container_name');
    expect(definition).toContain(`127.0.0.1:\${${service.toUpperCase().replace('-', '_')}_HOST_PORT:-`);
  });
});

describe('the payment service in docker-compose.yml', () => {
  it.each(['PAYMENT_SIMULATOR_FAILURE_RATE', 'PAYMENT_SIMULATOR_LATENCY_MS'])('takes %s from outside', (variable) => {
    expect(COMPOSE).toContain(`${variable}: \${${variable}:-0}`);
  });
});
