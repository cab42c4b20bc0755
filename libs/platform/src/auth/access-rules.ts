import type { INestApplicationContext, Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { RequestMethod } from '@nestjs/common';
import { StartupError } from '../errors/startup.error';
import { ACCESS, type Access } from './access.decorators';

/** One route of a service, and who may call it. */
export interface RouteRule {
  /** As in `GET /orders/:order_id`. */
  readonly route: string;
  /** `undefined` when nobody has said. */
  readonly access: Access | undefined;
}

/** All routes of the application's controllers with their rules, in the order of their paths. */
export function accessRules(app: INestApplicationContext): RouteRule[] {
  const reflector = app.get(Reflector);
  const scanner = new MetadataScanner();
  const rules = app
    .get(DiscoveryService)
    .getControllers()
    .flatMap(({ metatype }) => {
      const type = metatype as Type | null;
      return type === null ? [] : rulesOf(type, reflector, scanner);
    });
  return rules.toSorted((one, other) => (one.route < other.route ? -1 : 1));
}

/** @throws StartupError naming every route that has neither `@Public()` nor `@Allow(…)`. */
export function checkAccessRules(app: INestApplicationContext): void {
  const open = accessRules(app).filter(({ access }) => access === undefined);
  if (open.length === 0) return;
  const routes = open.map(({ route }) => route).join(', ');
  throw new StartupError(`Nobody has said who may call ${routes}: give each @Allow(…) or @Public()`);
}

function rulesOf(type: Type, reflector: Reflector, scanner: MetadataScanner): RouteRule[] {
  const prototype = type.prototype as Record<string, unknown>;
  return scanner.getAllMethodNames(prototype).flatMap((name) => {
    const handler = prototype[name] as () => unknown;
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const access = reflector.getAllAndOverride<Access | undefined>(ACCESS, [handler, type]);
    return pathsOf(type).flatMap((base) =>
      pathsOf(handler).map((path) => ({ route: `${RequestMethod[method]} ${joined(base, path)}`, access })),
    );
  });
}

function pathsOf(target: object): string[] {
  return [Reflect.getMetadata(PATH_METADATA, target) as string | string[] | undefined].flat().map((path) => path ?? '');
}

function joined(...parts: string[]): string {
  return `/${parts.flatMap((part) => part.split('/').filter((step) => step !== '')).join('/')}`;
}
