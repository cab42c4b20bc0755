import type { EventDefinition, ReceivedEvent } from '@app/cloudevents';
import { applyDecorators, Catch, UseFilters, type RpcExceptionFilter } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import type { UnitOfWork } from '../unit-of-work/unit-of-work';

/** Nest would replace a handler's error by a generic object; what failed decides what happens next, so it must come through. */
@Catch()
class PassErrorsOn implements RpcExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}

type EventHandler<Definition extends EventDefinition> = (
  events: readonly ReceivedEvent<Definition>[],
  unitOfWork: UnitOfWork,
) => Promise<void>;

/**
 * Subscribes a controller's method to an event's topic: Nest's `@EventPattern` for our set-based transport. The method gets
 * the new events of a batch in offset order, already checked against their contract and freed of duplicates, and the unit
 * of work in which all its effects belong. It must not reach for anything but the database: what it throws rolls the batch
 * back, and it is called again. One method per topic and service.
 */
export function OnEvent<Definition extends EventDefinition>(definition: Definition) {
  return <Method extends EventHandler<Definition>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    applyDecorators(EventPattern(definition.type) as MethodDecorator, UseFilters(new PassErrorsOn()))(
      target,
      key,
      descriptor,
    );
  };
}
