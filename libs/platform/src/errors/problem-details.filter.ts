import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf, requestLogContext } from '../http/request-context';
import { LineLimit } from '../logging/line-limit';
import { runWithLogContext } from '../logging/log-context';
import { errorToProblem } from './error-to-problem';
import { PROBLEM_JSON, problemDetails, type Problem } from './problem-details';

/**
 * Answers every error of an HTTP request as RFC 9457 problem details; the only place that decides what a caller
 * is told. Faults of ours (500) are logged here, once, with the stack and the correlation id that the answer
 * carries too; what could not be served at the moment (503), one line a second for each code, with the number of the others. Errors of other transports are rethrown untouched.
 */
@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemDetailsFilter.name);
  private readonly limit = new LineLimit();

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const context = requestLogContext(request.raw);
    const problem = errorToProblem(error);
    if (problem.status >= 500) runWithLogContext(context, () => this.report(problem, error));
    if (reply.sent) return;
    if (problem.retryAfterSeconds !== undefined) {
      void reply.header('retry-after', String(Math.max(1, Math.ceil(problem.retryAfterSeconds))));
    }
    const body = problemDetails(problem, pathOf(request.raw), context.correlationId ?? '');
    void reply.code(problem.status).header('content-type', PROBLEM_JSON).send(JSON.stringify(body));
  }

  private report({ status, code }: Problem, error: unknown): void {
    const err = error instanceof Error ? error : new Error(`Something other than an error was thrown: ${typeof error}`);
    if (status !== 503) this.logger.error('Request failed', { err });
    else {
      this.limit.write(
        code,
        () => this.logger.warn('Request failed: a dependency is unavailable', { code, err }),
        // They are many requests', not those of the first alone.
        (count) =>
          runWithLogContext({}, () =>
            this.logger.warn('More requests failed within one second: a dependency is unavailable', { code, count }),
          ),
      );
    }
  }
}
