import { ORDER_KEY, type EventDefinition, type Events } from '@app/cloudevents';
import { applyDecorators, Catch, UseFilters, type RpcExceptionFilter } from '@nestjs/common';
import { EventPattern as NestEventPattern } from '@nestjs/microservices';
import { PARAM_ARGS_METADATA } from '@nestjs/microservices/constants.js';
import { RpcParamtype } from '@nestjs/microservices/enums/rpc-paramtype.enum.js';
import { throwError, type Observable } from 'rxjs';
import type { UnitOfWork } from '../unit-of-work/unit-of-work';

/** Nest would replace a handler's error by a generic object. The transport decides by the error, so it must come through. */
@Catch()
class RethrowErrors implements RpcExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}

type EventHandler<Definition extends EventDefinition> = (
  events: Events<Definition>,
  unitOfWork: UnitOfWork,
) => Promise<void>;

/** What Nest injects into the parameters of a handler, in their order. */
const PARAMETERS = [RpcParamtype.PAYLOAD, RpcParamtype.CONTEXT];

/**
 * Nest's `@EventPattern` for a contract: subscribes a controller's method to the event's topic.
 *
 * ```ts
 * @EventPattern(OrderCreated)
 * async created(@Payload() events: Events<typeof OrderCreated>, @Ctx() unitOfWork: UnitOfWork): Promise<void> { … }
 * ```
 *
 * A method whose payload is of another event does not compile. The method is called with the new events of a batch, in
 * offset order, checked against their contract and without duplicates; the context is the unit of work that all its
 * effects belong to. It must use nothing but the database: what it throws rolls the batch back, and it is called again.
 * A service has one method per topic.
 *
 * @throws TypeError when the class is loaded, for parameters without `@Payload()` and `@Ctx()`: Nest would pass `undefined`;
 * and for an event that is not about an order: what is put aside waits, is shown and is locked by order here
 */
export function EventPattern<Definition extends EventDefinition>(definition: Definition) {
  if (definition.key !== ORDER_KEY)
    throw new TypeError(
      `${definition.type} is about a ${definition.key}: the transport consumes events about orders only, read its topic with a Kafka client`,
    );
  return <Method extends EventHandler<Definition>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    const decorated = (Reflect.getMetadata(PARAM_ARGS_METADATA, target.constructor, key) ?? {}) as object;
    const expected = PARAMETERS.slice(0, descriptor.value?.length).map((type, index) => `${type}:${index}`);
    if (!expected.every((parameter) => parameter in decorated))
      throw new TypeError(
        `${target.constructor.name}.${String(key)} must take (@Payload() events, @Ctx() unitOfWork), in this order`,
      );
    applyDecorators(NestEventPattern(definition.type) as MethodDecorator, UseFilters(new RethrowErrors()))(
      target,
      key,
      descriptor,
    );
  };
}
