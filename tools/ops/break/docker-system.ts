import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { hostPortVariable } from '../../stack/local-system.ts';
import { repository } from '../../stack/paths.ts';
import { servicePorts, type ServiceName } from '../../stack/service-names.ts';
import { OpsError } from '../cli/exit-code.ts';
import type { LocalSystem } from './breakable.ts';

const run = promisify(execFile);
/** Ports for replicas begin so far above the documented one. */
const REPLICAS_ABOVE = 100;

/** The system that docker-compose.yml of this working copy describes; undefined when none of it runs. */
export async function dockerSystem(): Promise<LocalSystem | undefined> {
  const compose = await findCompose();
  if (compose === undefined) return undefined;
  const running = (await compose(['ps', '--services'])).split('\n').filter((name) => name !== '');
  if (running.length === 0 || (await compose(['ps', '-q'])).trim() === '') return undefined;
  const tell = async (...words: string[]): Promise<void> => {
    await compose(words);
  };
  return {
    kind: 'Docker',
    components: running,
    mailServer: 'mailpit',
    // Docker takes a kill for a wish of its owner, and starts nothing again by itself.
    kill: async (component) => {
      await tell('kill', component);
      await tell('start', component);
    },
    pause: (component) => tell('pause', component),
    resume: (component) => tell('unpause', component),
    turnMs: 2_000,
    stop: (component) => tell('stop', component),
    start: (component) => tell('start', component),
    restart: async (service, env) => {
      await compose(['up', '-d', '--no-deps', '--no-build', service], env);
    },
    scale: (service, processes) => scale(compose, service, processes),
  };
}

type Compose = (words: readonly string[], env?: Readonly<Record<string, string>>) => Promise<string>;

/** One published port does for one container: more get a range. */
async function scale(compose: Compose, service: ServiceName, processes: number): Promise<string | undefined> {
  const first = servicePorts[service] + REPLICAS_ABOVE;
  const variable = hostPortVariable(service);
  const ports: Record<string, string> = processes === 1 ? {} : { [variable]: `${first}-${first + processes - 1}` };
  await compose(['up', '-d', '--no-deps', '--no-build', '--scale', `${service}=${processes}`, service], ports);
  return processes === 1
    ? undefined
    : `it is at ports ${ports[variable]} now; ./ops finds it with ${variable}=${first} in .env`;
}

async function findCompose(): Promise<Compose | undefined> {
  for (const [program = '', ...first] of [['docker', 'compose'], ['docker-compose']]) {
    try {
      await run(program, [...first, 'version'], { env: process.env, timeout: 5_000 });
    } catch {
      continue;
    }
    return async (words, env = {}) => {
      const options = { cwd: repository, env: { ...process.env, ...env }, timeout: 120_000 };
      try {
        return (await run(program, [...first, ...words], options)).stdout;
      } catch (error) {
        const { stderr = '' } = error as { stderr?: string };
        throw new OpsError(`${[program, ...first, ...words].join(' ')} failed: ${stderr.trim() || String(error)}`);
      }
    };
  }
  return undefined;
}
