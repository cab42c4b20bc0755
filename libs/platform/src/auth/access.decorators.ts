import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ApiProblems } from '../errors/api-problems.decorator';
import { callerOf } from './authentication';
import type { Caller, Role } from './caller';

/** Who may call a route. */
export type Access = 'public' | readonly Role[];

/** Where a route's rule is kept. */
export const ACCESS = 'platform:access';

/** Anybody may call the route, or all routes of the controller, without credentials. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata<string, Access>(ACCESS, 'public');

/** Only callers with one of the roles may call the route, or the routes of the controller that have no rule of their own. */
export const Allow = (...roles: readonly [Role, ...Role[]]): MethodDecorator & ClassDecorator =>
  applyDecorators(
    SetMetadata<string, Access>(ACCESS, roles),
    ApiProblems(401, 403),
    ApiExtension('x-roles', [...roles]),
  );

/** The caller of the request; on public routes nobody, unless they have shown valid credentials. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller | undefined =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>().raw),
);
