import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ProblemDetails } from './problem-details';

const WHEN: Readonly<Record<number, string>> = {
  400: 'The request is malformed or a field is invalid; errors[] names each one.',
  401: 'The request has no valid credentials.',
  403: 'The credentials do not allow this.',
  404: 'The resource does not exist.',
  409: 'The request conflicts with the current state.',
  413: 'The body is larger than 100 KiB.',
  415: 'The body is not JSON.',
  422: 'The request is well formed but cannot be carried out.',
  503: 'A dependency is unavailable; try again after Retry-After seconds.',
};

/** One problem answer; without a description the usual meaning of the status is documented. */
export type ApiProblem = number | { readonly status: number; readonly description: string };

/** Documents the problem answers of an endpoint in OpenAPI; 500 is always among them. Changes no behaviour. */
export function ApiProblems(...problems: readonly ApiProblem[]): MethodDecorator & ClassDecorator {
  const listed = problems.map((problem) => (typeof problem === 'number' ? { status: problem } : problem));
  const all = [...listed, { status: 500, description: 'Internal error; quote correlation_id to support.' }];
  return applyDecorators(
    ApiExtraModels(ProblemDetails),
    ...all.map((problem) =>
      ApiResponse({
        status: problem.status,
        description:
          'description' in problem ? problem.description : (WHEN[problem.status] ?? 'The request was refused.'),
        content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDetails) } } },
      }),
    ),
  );
}
