import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorToProblem } from '../errors/error-to-problem';
import { PROBLEM_JSON, problemDetails } from '../errors/problem-details';
import { pathOf, requestLogContext } from '../http/request-context';
import { Forbidden, Unauthenticated } from './auth-errors';
import { type Authentication, InvalidCredentials } from './authentication';
import { hasRole, type Role } from './caller';

/** The guard of a route that Nest does not know: a hook of Fastify that lets in callers with one of the roles. */
export function permit(authentication: Authentication, ...roles: readonly Role[]) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    try {
      const caller = await authentication.authenticate(request.headers);
      if (caller === undefined) throw new Unauthenticated();
      if (!hasRole(caller, roles)) throw new Forbidden();
    } catch (error) {
      const problem = errorToProblem(error instanceof InvalidCredentials ? new Unauthenticated() : error);
      const { correlationId = '' } = requestLogContext(request.raw);
      const body = problemDetails(problem, pathOf(request.raw), correlationId);
      if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
      await reply.code(problem.status).header('content-type', PROBLEM_JSON).send(JSON.stringify(body));
    }
  };
}
