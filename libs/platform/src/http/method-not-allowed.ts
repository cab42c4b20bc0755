import type { FastifyInstance, RouteOptions } from 'fastify';
import { pathOf } from './request-context';

interface KnownPath {
  readonly segments: readonly string[];
  readonly methods: Set<string>;
}

/**
 * Answers a method that a known path does not have with 405, and OPTIONS with 204, both with the header `Allow`. An unknown path
 * stays 404. Looks only at requests that no route has taken. Call it before the routes are registered.
 */
export function refuseWrongMethods(server: FastifyInstance): void {
  const paths = new Map<string, KnownPath>();
  server.addHook('onRoute', (route) => remember(paths, route));
  server.addHook('onRequest', (request, reply, done) => {
    const methods = request.is404 ? methodsOf(paths.values(), pathOf(request.raw)) : [];
    if (methods.length === 0) {
      done();
      return;
    }
    void reply.header('allow', [...methods, 'OPTIONS'].join(', '));
    if (request.method === 'OPTIONS') void reply.code(204).send();
    else done(Object.assign(new Error('the path has no such method'), { statusCode: 405 }));
  });
}

function remember(paths: Map<string, KnownPath>, { url, method }: RouteOptions): void {
  const known = paths.get(url) ?? { segments: url.split('/'), methods: new Set() };
  for (const name of [method].flat()) known.methods.add(name);
  paths.set(url, known);
}

/** Of all patterns that the path matches, sorted: Allow has to name what would be answered. */
function methodsOf(paths: Iterable<KnownPath>, path: string): string[] {
  const given = path.split('/');
  const methods = new Set<string>();
  for (const known of paths) if (matches(known.segments, given)) for (const name of known.methods) methods.add(name);
  return [...methods].sort();
}

function matches(pattern: readonly string[], given: readonly string[]): boolean {
  if (pattern.at(-1) === '*') return pattern.slice(0, -1).every((segment, index) => segment === given[index]);
  if (pattern.length !== given.length) return false;
  return pattern.every((segment, index) => (segment.startsWith(':') ? given[index] !== '' : segment === given[index]));
}
