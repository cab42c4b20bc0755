import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf, requestLogContext } from '../http/request-context';
import { runWithLogContext } from '../logging/log-context';
import { errorToProblem } from './error-to-problem';
import { PROBLEM_JSON, problemDetails } from './problem-details';

/**
 * Answers every error of an HTTP request as RFC 9457 problem details; the only place that decides what a caller
 * is told. Faults of ours (500) are logged here, once, with the stack and the correlation id that the answer
 * carries too. Errors of other transports are rethrown untouched.
 */
@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemDetailsFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const context = requestLogContext(request.raw);
    const problem = errorToProblem(error);
    if (problem.status >= 500) runWithLogContext(context, () => this.report(problem.status, error));
    if (reply.sent) return;
    if (problem.retryAfterSeconds !== undefined) {
      void reply.header('retry-after', String(Math.max(1, Math.ceil(problem.retryAfterSeconds))));
    }
    const body = problemDetails(problem, pathOf(request.raw), context.correlationId ?? '');
    void reply.code(problem.status).header('content-type', PROBLEM_JSON).send(JSON.stringify(body));
  }

  private report(status: number, error: unknown): void {
    const err = error instanceof Error ? error : new Error(`Something other than an error was thrown: ${typeof error}`);
    if (status === 503) this.logger.warn('A request could not be served for want of a dependency', { err });
    else this.logger.error('A request failed', { err });
  }
}
