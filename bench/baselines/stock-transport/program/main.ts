import 'reflect-metadata';
import { Module, ValidationPipe, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientsModule } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Role } from '../roles';
import { Database } from './database';
import { InventoryController } from './inventory';
import { consumerOptions, producerOptions, Publisher } from './kafka';
import { NotificationController } from './notification';
import { OrderController } from './order';
import { PaymentController } from './payment';
import { settings } from './settings';

const CONTROLLERS: Readonly<Record<Role, Type>> = {
  order: OrderController,
  payment: PaymentController,
  inventory: InventoryController,
  notification: NotificationController,
};

const logger: ('error' | 'warn')[] = ['error', 'warn'];

/** A service as most are written: Nest's stock Kafka transport, one transaction and one acknowledged send per message. */
async function main({ role }: typeof settings): Promise<void> {
  if (role === undefined) throw new Error('STOCK_ROLE is none of the four roles');
  @Module({
    imports: [ClientsModule.register([producerOptions])],
    controllers: [CONTROLLERS[role]],
    providers: [Database, Publisher],
  })
  class RoleModule {}

  if (role === 'order') {
    const app = await NestFactory.create<NestFastifyApplication>(RoleModule, new FastifyAdapter(), { logger });
    app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
    app.connectMicroservice(consumerOptions(role));
    app.enableShutdownHooks();
    await app.startAllMicroservices();
    await app.listen(settings.port, '127.0.0.1');
  } else {
    const app = await NestFactory.createMicroservice(RoleModule, { ...consumerOptions(role), logger });
    app.enableShutdownHooks();
    await app.listen();
  }
}

await main(settings);
