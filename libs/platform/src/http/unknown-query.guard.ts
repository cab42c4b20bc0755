import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { invalidRequest } from './validation.pipe';

/** Where Nest keeps what a method's parameters are bound to, as `<kind>:<position>`, and the kind of `@Query()`. */
const ROUTE_ARGUMENTS = '__routeArguments__';
const QUERY = '4';

/**
 * Refuses query fields of an endpoint that has none: no pipe sees them there, so they would be dropped in silence, and a
 * caller who has misplaced `?dry_run=true` would believe in it. Endpoints with `@Query()` leave it to their DTO. Probes
 * are not refused: whoever asks for health may add what defeats a cache.
 */
export class UnknownQueryGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http' || readsQuery(context)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.routeOptions.url?.startsWith('/health') === true) return true;
    const names = Object.keys(request.query as object);
    if (names.length === 0) return true;
    throw invalidRequest(
      names.slice(0, 100).map((name) => ({
        pointer: `#/query/${name.slice(0, 100)}`,
        detail: `${name.slice(0, 100)} is not a known field`,
        code: 'whitelistValidation',
      })),
    );
  }
}

function readsQuery(context: ExecutionContext): boolean {
  const bound: unknown = Reflect.getMetadata(ROUTE_ARGUMENTS, context.getClass(), context.getHandler().name);
  return Object.keys(bound ?? {}).some((key) => key.startsWith(`${QUERY}:`));
}
