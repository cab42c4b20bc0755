import { defineEvent, EventCatalogue, type Events } from '@app/cloudevents';
import { anOrderId, eventually } from '@app/testing';
import { Controller, type Type as Class } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import Type from 'typebox';
import { MessagingBed } from '../test/messaging-app';
import { Script } from '../test/probe.module';
import { EventPattern } from './consumer/event-pattern.decorator';
import type { Transactions } from './unit-of-work/transactions';
import type { UnitOfWork } from './unit-of-work/unit-of-work';

/** Another product: a carrier, whose parcels are shipped and delivered. It is its own customer. */
function carrier(service: string) {
  const ParcelShipped = defineEvent({
    type: 'parcel_shipped',
    version: 1,
    publisher: service,
    summary: 'A parcel was handed to the carrier.',
    schema: Type.Object({ carrier: Type.String() }),
  });
  const ParcelDelivered = defineEvent({
    type: 'parcel_delivered',
    version: 1,
    publisher: service,
    summary: 'A parcel was handed over.',
    schema: Type.Object({ signed_by: Type.String() }),
  });

  @Controller()
  class ParcelConsumer {
    constructor(private readonly script: Script) {}

    @EventPattern(ParcelShipped)
    async shipped(@Payload() events: Events<typeof ParcelShipped>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
      await this.script.play(events, unitOfWork);
      for (const { orderId, id, cause } of events) {
        const causedBy = { correlationId: cause.correlationId, causationId: id };
        unitOfWork.publish(ParcelDelivered, { orderId, payload: { signed_by: 'ada' }, cause: causedBy });
      }
    }

    @EventPattern(ParcelDelivered)
    async delivered(@Payload() events: Events<typeof ParcelDelivered>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
      await this.script.play(events, unitOfWork);
    }
  }

  const catalogue = new EventCatalogue([ParcelShipped, ParcelDelivered]);
  return { ParcelShipped, consumer: ParcelConsumer as Class, catalogue };
}

describe('a product with events of its own', () => {
  const script = new Script();
  let bed: MessagingBed;
  let transactions: Transactions;
  let ParcelShipped: ReturnType<typeof carrier>['ParcelShipped'];

  beforeAll(async () => {
    bed = await MessagingBed.create();
    const { consumer, catalogue, ...events } = carrier(bed.service);
    ({ ParcelShipped } = events);
    const options = { catalogue, deadLetterTopic: `${bed.service}-dead`, retryDelaysMs: [] };
    ({ transactions } = await bed.start(options, script, consumer));
  });
  afterAll(() => bed.destroy());

  it('publishes, consumes and answers them, each with its effect once, and parks what fails', async () => {
    const [good, bad] = [anOrderId(), anOrderId()];
    script.behave = (events) => {
      if (events.some(({ type, orderId }) => type === 'parcel_delivered' && orderId === bad))
        throw new TypeError('a defect');
    };
    const shipped = { payload: { carrier: 'owl' }, cause: { correlationId: 'parcels' } };
    await transactions.run((unitOfWork) => {
      for (const orderId of [good, bad]) unitOfWork.publish(ParcelShipped, { orderId, ...shipped });
      return Promise.resolve();
    });
    await eventually(async () => {
      expect(await bed.effectsOf(good)).toHaveLength(2);
      expect(await bed.failedOf(bad)).toMatchObject([{ status: 'dead_lettered' }]);
    });
    expect(await bed.effectsOf(bad)).toHaveLength(1);
    const types = await bed.rows('SELECT type FROM effects WHERE order_id = $1 ORDER BY n', [good]);
    expect(types).toEqual([{ type: 'parcel_shipped' }, { type: 'parcel_delivered' }]);
  });

  it('cannot publish what breaks its contract', async () => {
    const broken = { orderId: anOrderId(), payload: {} as { carrier: string }, cause: { correlationId: 'parcels' } };
    const published = transactions.run((unitOfWork) => Promise.resolve(unitOfWork.publish(ParcelShipped, broken)));
    await expect(published).rejects.toThrow('parcel_shipped/1 breaks its contract');
  });
});
