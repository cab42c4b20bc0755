import { type CallHandler, type ExecutionContext, type NestInterceptor, UseInterceptors } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { callerOf } from './authentication';
import { ownerFor } from './caller';

/** Fills in what a customer need not say. It runs before validation, so that the field is required of everybody else, as usual. */
class OwnUserInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { body, raw } = context.switchToHttp().getRequest<FastifyRequest>();
    const caller = callerOf(raw);
    const owner = caller === undefined ? undefined : ownerFor(caller);
    if (owner !== undefined && isObject(body) && !Object.hasOwn(body, 'user_id')) body['user_id'] = owner;
    return next.handle();
  }
}

/** The `user_id` of the body is the caller's own when a customer leaves it out. */
export const OwnUser = (): MethodDecorator => UseInterceptors(OwnUserInterceptor);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
