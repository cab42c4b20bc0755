import { EVENTS } from '@app/events';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig as inventory } from '../apps/inventory-service/src/config';
import { loadConfig as notification } from '../apps/notification-service/src/config';
import { loadConfig as order } from '../apps/order-service/src/config';
import { loadConfig as payment } from '../apps/payment-service/src/config';
import services from './services.json' with { type: 'json' };

const repository = join(import.meta.dirname, '..');
const names = Object.keys(services);
const ports = Object.fromEntries(Object.entries(services).map(([name, { port }]) => [name, port]));

function read(file: string): string {
  return readFileSync(join(repository, file), 'utf8');
}

/** What docker-compose.yml says of a service, up to the next one. */
function composed(name: string): string {
  const [, section = ''] = read('docker-compose.yml').split(`\n  ${name}:\n`);
  return section.split(/\n(?=\S|  \S)/)[0] ?? '';
}

describe('the services of deploy/services.json', () => {
  it('are those that are built and that can be started from source', () => {
    const { projects } = JSON.parse(read('nest-cli.json')) as { projects: Record<string, { type: string }> };
    const applications = Object.keys(projects).filter((name) => projects[name]?.type === 'application');
    expect(applications.toSorted()).toEqual(names.toSorted());
    expect(readdirSync(join(repository, 'apps')).toSorted()).toEqual(names.toSorted());
  });

  it('listen by themselves on the port that is said there', () => {
    const loaders = { 'order-service': order, 'payment-service': payment, 'inventory-service': inventory };
    const configured = Object.entries({ ...loaders, 'notification-service': notification });
    expect(Object.fromEntries(configured.map(([name, loadConfig]) => [name, loadConfig({}).port]))).toEqual(ports);
  });

  it('publish every event', () => {
    expect(names).toEqual(expect.arrayContaining(EVENTS.map(({ publisher }) => publisher)));
  });

  it('serve their metrics inside the network of docker-compose.yml, and not on the host', () => {
    const compose = read('docker-compose.yml');
    expect(compose).toMatch(/x-service: &service\n(?: {2}.*\n)+ {2}expose:\n {4}- '9464'\n/);
    expect(compose).toMatch(/x-service-environment: &service-environment\n(?: {2}.*\n)* {2}METRICS_PORT: 9464\n/);
    expect(compose).not.toMatch(/\d:9464\b/);
    expect(read('Dockerfile')).toMatch(/^ENV .*\bMETRICS_HOST=0\.0\.0\.0\b/m);
  });

  it.each(names)('have a container in docker-compose.yml, built and reached as itself: %s', (name) => {
    const port = String(ports[name]);
    const variable = `${name.toUpperCase().replace('-', '_')}_HOST_PORT`;
    expect(composed(name)).toContain(`SERVICE: ${name}\n`);
    expect(composed(name)).toContain(`image: order-processing/${name}:`);
    expect(composed(name).match(/127\.0\.0\.1:.*/g)).toEqual([`127.0.0.1:\${${variable}:-${port}}:${port}`]);
  });

  it('have a role in the database', () => {
    for (const name of names) expect(read('init-db.sql')).toContain(name.replace('-', '_'));
  });

  it('are read by the shell scripts as they are', () => {
    const script =
      '. tools/stack/running.sh; for name in $(service_names); do echo "$name=$(documented_port $name)"; done';
    const lines = execFileSync('bash', ['-c', script], { cwd: repository, encoding: 'utf8' }).trim().split('\n');
    expect(lines).toEqual(names.map((name) => `${name}=${String(ports[name])}`));
  });

  it('have the options of Node.js there and nowhere else', () => {
    for (const { nodeFlags } of Object.values(services)) {
      expect(nodeFlags).toEqual(expect.arrayContaining([expect.stringMatching(/^--max-old-space-size=\d+$/)]));
      for (const flag of nodeFlags) expect(flag).toMatch(/^--[\w=-]+$/);
    }
    for (const file of ['Dockerfile', 'docker-compose.yml', 'tools/stack/services.ts', 'start-system.sh']) {
      expect(read(file)).not.toMatch(/--(?:max-|heap-|no-parallel)/);
    }
    expect(read('Dockerfile')).toContain('$(cat node-flags)');
  });
});
