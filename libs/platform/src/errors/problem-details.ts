import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';

/** One field that was refused. */
export class ProblemFieldError {
  @ApiProperty({
    description: 'JSON pointer into the body, or #/query/…, #/path/…, #/header/…',
    example: '/items/0/price',
  })
  readonly pointer!: string;

  @ApiProperty({ description: 'Explanation for people', example: 'price must not be less than 0.01' })
  readonly detail!: string;

  @ApiPropertyOptional({ description: 'The violated rule', example: 'isMoney' })
  readonly code?: string;
}

/** RFC 9457: the body of every answer with a status of 400 or more, as `application/problem+json`. */
export class ProblemDetails {
  @ApiProperty({
    description: 'URI reference of the problem type: the path at which the service explains it',
    example: '/problems/order.not_found',
  })
  readonly type!: string;

  @ApiProperty({ description: 'The HTTP status in words', example: 'Not Found' })
  readonly title!: string;

  @ApiProperty({ type: 'integer', description: 'The HTTP status', example: 404 })
  readonly status!: number;

  @ApiProperty({ description: 'Explanation for people', example: 'No order has this id.' })
  readonly detail!: string;

  @ApiProperty({ description: 'Path of the request', example: '/orders/0193…' })
  readonly instance!: string;

  @ApiProperty({ description: 'Stable code for programs', example: 'ORDER.NOT_FOUND' })
  readonly code!: string;

  @ApiProperty({ description: 'Id of the request in all logs; quote it to support', example: '0193f0c4-…' })
  readonly correlation_id!: string;

  @ApiPropertyOptional({ type: () => [ProblemFieldError], description: 'Everything that was refused' })
  readonly errors?: readonly ProblemFieldError[];
}

/** A problem before it is tied to a request. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly ProblemFieldError[];
  readonly retryAfterSeconds?: number;
}

/** The media type of `ProblemDetails`. */
export const PROBLEM_JSON = 'application/problem+json; charset=utf-8';

/** The path at which every service explains its codes. */
export function problemType(code: string): string {
  return `/problems/${code.toLowerCase()}`;
}

/** Completes a problem with what is derived from it; `instance` must be a path without query. */
export function problemDetails(problem: Problem, instance: string, correlationId: string): ProblemDetails {
  return {
    type: problemType(problem.code),
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    detail: problem.detail,
    instance,
    code: problem.code,
    correlation_id: correlationId,
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
  };
}
