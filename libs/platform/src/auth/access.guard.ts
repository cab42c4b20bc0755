import { Injectable, Logger, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ACCESS, type Access } from './access.decorators';
import { Forbidden, Unauthenticated } from './auth-errors';
import { Authentication, InvalidCredentials, setCaller } from './authentication';
import { hasRole, type Caller } from './caller';

/**
 * Lets a request in, or does not: by the `@Public()` or `@Allow(…)` of its route, and who sends it. What is not allowed is forbidden:
 * a service does not even start with a route that has neither (see `checkAccessRules`).
 */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly logger = new Logger(AccessGuard.name);

  constructor(
    private readonly reflector: Reflector,
    private readonly authentication: Authentication,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    try {
      const caller = this.authentication.authenticate(request.headers);
      if (!(caller instanceof Promise)) return admit(request, caller, access);
      return caller.then(
        (found) => admit(request, found, access),
        (error: unknown) => this.refuse(error, access, http.getResponse()),
      );
    } catch (error) {
      return this.refuse(error, access, http.getResponse());
    }
  }

  /** On a public route bad credentials are as good as none. */
  private refuse(error: unknown, access: Access | undefined, reply: FastifyReply): boolean {
    if (access === 'public') return true;
    if (error instanceof Unauthenticated || error instanceof InvalidCredentials) {
      const reason = error instanceof InvalidCredentials ? ', error="invalid_token"' : '';
      void reply.header('www-authenticate', `Bearer${reason}`);
      if (error instanceof InvalidCredentials) this.logger.debug('Credentials refused', { reason: error.message });
      throw new Unauthenticated();
    }
    throw error;
  }
}

function admit({ raw }: FastifyRequest, caller: Caller | undefined, access: Access | undefined): boolean {
  if (caller !== undefined) setCaller(raw, caller);
  if (access === 'public') return true;
  if (caller === undefined) throw new Unauthenticated();
  if (access === undefined || !hasRole(caller, access)) throw new Forbidden();
  return true;
}
