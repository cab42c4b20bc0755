import { SetMetadata } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type Caller, ownerFor } from './caller';

/** Where it is kept that a route has the field. */
export const OWN_USER = 'platform:own-user';

/** The `user_id` of the body is the caller's own when a customer leaves it out. */
export const OwnUser = (): MethodDecorator => SetMetadata(OWN_USER, true);

/**
 * Fills in what a customer need not say: before validation, so that the field is required of everybody else, as usual. The guard does
 * it, since an interceptor would cost each request a chain of observables.
 */
export function fillOwnUser({ body }: FastifyRequest, caller: Caller): void {
  const owner = ownerFor(caller);
  if (owner !== undefined && isObject(body) && !Object.hasOwn(body, 'user_id')) body['user_id'] = owner;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
