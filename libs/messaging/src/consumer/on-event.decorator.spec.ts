import { OrderConfirmed, PaymentSuccessful, type ReceivedEvent } from '@app/events';
import { anOrderId } from '@app/testing';
import { Controller, Logger, type INestMicroservice } from '@nestjs/common';
import { ServerKafka } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { paymentSuccessful } from '../../test/events';
import { OnEvent } from './on-event.decorator';
import type { UnitOfWork } from '../unit-of-work/unit-of-work';

Logger.overrideLogger(false);

const calls: unknown[][] = [];
let failure: Error | undefined;

@Controller()
class PaymentConsumer {
  @OnEvent(PaymentSuccessful)
  async successful(events: readonly ReceivedEvent<typeof PaymentSuccessful>[], unitOfWork: UnitOfWork): Promise<void> {
    calls.push([events, unitOfWork]);
    await Promise.resolve();
    if (failure !== undefined) throw failure;
  }

  @OnEvent(OrderConfirmed)
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

describe('a method with @OnEvent', () => {
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
});
