import { join } from 'node:path';
import { serviceNames, type ServiceName } from '../../tools/stack/index.ts';
import { buildPrograms } from '../programs/build-programs.ts';

const output = join(import.meta.dirname, '../../.local/faults/programs');

/** The built program of a service with failpoints in it. */
export function programOf(service: ServiceName): string {
  return join(output, `${service}.js`);
}

/** Builds the four services once more, with failpoints. */
export async function buildFaultyServices(): Promise<void> {
  const entries = serviceNames.map((name) => [name, join(import.meta.dirname, 'program', `${name}.ts`)] as const);
  await buildPrograms(Object.fromEntries(entries), output);
}
