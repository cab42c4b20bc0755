import { InventoryUpdated, OrderConfirmed, PaymentSuccessful, StockAdjusted, type Events } from '@app/events';
import { anOrderId } from '@app/testing';
import { Controller, Logger, type INestMicroservice } from '@nestjs/common';
import { Ctx, Payload, ServerKafka } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { paymentSuccessful } from '../../test/events';
import { EventPattern } from './event-pattern.decorator';
import type { UnitOfWork } from '../unit-of-work/unit-of-work';

Logger.overrideLogger(false);

const calls: unknown[][] = [];
let failure: Error | undefined;

@Controller()
class PaymentConsumer {
  @EventPattern(PaymentSuccessful)
  async successful(@Payload() events: Events<typeof PaymentSuccessful>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    calls.push([events, unitOfWork]);
    await Promise.resolve();
    if (failure !== undefined) throw failure;
  }

  @EventPattern(OrderConfirmed)
  confirmed(): Promise<void> {
    throw new RangeError('before any promise');
  }
}

/** Nest's transport without Kafka: it only learns its handlers. */
class DisconnectedServer extends ServerKafka {
  override listen(callback: () => void): Promise<void> {
    callback();
    return Promise.resolve();
  }

  dispatch(topic: string, data: unknown, unitOfWork: unknown): Promise<unknown> {
    return this.handleEvent(topic, { pattern: topic, data }, unitOfWork as never);
  }
}

let app: INestMicroservice;
let server: DisconnectedServer;

beforeAll(async () => {
  const testing = await Test.createTestingModule({ controllers: [PaymentConsumer] }).compile();
  server = new DisconnectedServer({ client: { brokers: ['nowhere:9092'] } });
  app = testing.createNestMicroservice({ strategy: server });
  await app.listen();
});
afterAll(() => app.close());

describe('a method with @EventPattern', () => {
  it('subscribes to the topic of its event', () => {
    expect([...server.getHandlers().keys()]).toEqual(['payment_successful', 'order_confirmed']);
  });

  it('gets the very events and the very unit of work', async () => {
    const events = [paymentSuccessful(anOrderId())];
    const unitOfWork = {} as UnitOfWork;
    await server.dispatch('payment_successful', events, unitOfWork);
    expect(calls.at(-1)?.[0]).toBe(events);
    expect(calls.at(-1)?.[1]).toBe(unitOfWork);
  });

  it('has what it throws passed on as it is, for what failed decides what happens next', async () => {
    failure = Object.assign(new Error('terminating connection'), { code: '57P01' });
    await expect(server.dispatch('payment_successful', [], {})).rejects.toBe(failure);
    await expect(server.dispatch('order_confirmed', [], {})).rejects.toThrow(RangeError);
  });

  it('does not compile with the payload of another event, nor with parameters in another order', () => {
    class Misfits {
      // @ts-expect-error the payload of inventory_updated has fields that payment_successful lacks
      @EventPattern(PaymentSuccessful)
      async other(@Payload() _: Events<typeof InventoryUpdated>): Promise<void> {}

      // @ts-expect-error a handler gets a batch, not an event
      @EventPattern(PaymentSuccessful)
      async single(@Payload() _: Events<typeof PaymentSuccessful>[number]): Promise<void> {}
    }
    expect(Object.getOwnPropertyNames(Misfits.prototype)).toEqual(['constructor', 'other', 'single']);
    expect(() => {
      class Swapped {
        // @ts-expect-error the unit of work comes second
        @EventPattern(PaymentSuccessful)
        async swapped(@Ctx() _: UnitOfWork, @Payload() __: Events<typeof PaymentSuccessful>): Promise<void> {}
      }
      return Swapped;
    }).toThrow('Swapped.swapped must take (@Payload() events, @Ctx() unitOfWork), in this order');
  });

  it('is refused when a parameter lacks its decorator, for Nest would pass undefined', () => {
    expect(() => {
      class Forgetful {
        @EventPattern(PaymentSuccessful)
        async successful(@Payload() _: Events<typeof PaymentSuccessful>, __: UnitOfWork): Promise<void> {}
      }
      return Forgetful;
    }).toThrow('Forgetful.successful must take (@Payload() events, @Ctx() unitOfWork), in this order');
  });

  it('is refused for an event about something else than an order, which the inbox could not keep', () => {
    expect(() => EventPattern(StockAdjusted)).toThrow(
      'stock_adjusted is about a product: the transport consumes events about orders only',
    );
  });
});
