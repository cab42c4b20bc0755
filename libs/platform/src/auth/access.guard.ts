import { Injectable, Logger, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ACCESS, type Access } from './access.decorators';
import { Forbidden, Unauthenticated } from './auth-errors';
import { Authentication, InvalidCredentials, setCaller } from './authentication';
import { hasRole, type Caller } from './caller';
import { fillOwnUser, OWN_USER } from './own-user.decorator';

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
    const targets = [context.getHandler(), context.getClass()];
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, targets);
    const mayOmitUser = this.reflector.get<true | undefined>(OWN_USER, context.getHandler()) === true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const letIn = (caller: Caller | undefined): boolean => {
      admit(request, caller, access);
      if (mayOmitUser && caller !== undefined) fillOwnUser(request, caller);
      return true;
    };
    try {
      const caller = this.authentication.authenticate(request.headers);
      if (!(caller instanceof Promise)) return letIn(caller);
      return caller.then(letIn, (error: unknown) => this.refuse(error, access, http.getResponse()));
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

function admit({ raw }: FastifyRequest, caller: Caller | undefined, access: Access | undefined): void {
  if (caller !== undefined) setCaller(raw, caller);
  if (access === 'public') return;
  if (caller === undefined) throw new Unauthenticated();
  if (access === undefined || !hasRole(caller, access)) throw new Forbidden();
}
