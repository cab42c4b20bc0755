import { DeskModule } from '@app/desk';
import { type EventEnvelope, OrderCreated, PaymentFailed, PaymentSuccessful, type Events } from '@app/events';
import { PostgresModule } from '@app/postgres';
import { Controller, Module, type DynamicModule, type Type } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MessagingModule } from '../src/messaging.module';
import type { MessagingOptions } from '../src/messaging-options';
import { MESSAGING_MIGRATIONS } from '../src/migrations';
import { EventPattern } from '../src/consumer/event-pattern.decorator';
import type { UnitOfWork } from '../src/unit-of-work/unit-of-work';

/** Every event a handler was given, in the order the database saw them. No key: an effect that happens twice shows. */
class CreateEffects1763800000001 implements MigrationInterface {
  readonly name = 'CreateEffects1763800000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE effects (n bigint GENERATED ALWAYS AS IDENTITY, event_id uuid, order_id uuid, type text, pid int)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE effects');
  }
}

/** What a test makes of the events of a batch, inside the handler, before their effects are written. */
export type Behaviour = (events: readonly EventEnvelope[], unitOfWork: UnitOfWork) => Promise<void> | void;

/** The script of the handlers: tests replace its behaviour. */
export class Script {
  behave: Behaviour = () => undefined;

  /** How often each event was handed to a handler, whatever became of it. */
  readonly attempts = new Map<string, number>();

  async play(events: readonly EventEnvelope[], unitOfWork: UnitOfWork): Promise<void> {
    for (const { id } of events) this.attempts.set(id, (this.attempts.get(id) ?? 0) + 1);
    await this.behave(events, unitOfWork);
    await unitOfWork.query(
      `INSERT INTO effects (event_id, order_id, type, pid) SELECT id, order_id, type, pg_backend_pid()
       FROM unnest($1::uuid[], $2::uuid[], $3::text[]) WITH ORDINALITY AS e (id, order_id, type, n) ORDER BY n`,
      [events.map((event) => event.id), events.map((event) => event.orderId), events.map((event) => event.type)],
    );
  }
}

@Controller()
class ProbeConsumer {
  constructor(private readonly script: Script) {}

  @EventPattern(PaymentSuccessful)
  async successful(@Payload() events: Events<typeof PaymentSuccessful>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.script.play(events, unitOfWork);
  }

  @EventPattern(PaymentFailed)
  async failed(@Payload() events: Events<typeof PaymentFailed>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.script.play(events, unitOfWork);
  }

  @EventPattern(OrderCreated)
  async created(@Payload() events: Events<typeof OrderCreated>, @Ctx() unitOfWork: UnitOfWork): Promise<void> {
    await this.script.play(events, unitOfWork);
  }
}

@Module({})
export class ProbeModule {
  /** `consumer` stands in for the one that plays the script for events of orders and payments. */
  static forRoot(options: MessagingOptions, script: Script, consumer: Type = ProbeConsumer): DynamicModule {
    const config = {
      databaseUrl: options.databaseUrl,
      databasePoolSize: 5,
      databaseStatementTimeoutMs: 5_000,
      databaseLockTimeoutMs: 3_000,
      databaseStartTimeoutMs: 10_000,
    };
    return {
      module: ProbeModule,
      imports: [
        PostgresModule.forRoot({
          config,
          schema: 'order_service',
          entities: [],
          migrations: [...MESSAGING_MIGRATIONS, CreateEffects1763800000001],
        }),
        MessagingModule.forRoot(options),
        DeskModule,
      ],
      controllers: [consumer],
      providers: [{ provide: Script, useValue: script }],
    };
  }
}
