import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ArrayMinSize, IsArray, IsInt, IsOptional, IsUUID, Min } from 'class-validator';
import { Public } from '../src/auth/access.decorators';
import { createService } from '../src/bootstrap';
import { commonConfig } from '../src/config/common-config';
import { defineConfig } from '../src/config/define-config';
import { DomainError } from '../src/errors/domain.error';
import { translateErrorsBy, unavailable } from '../src/errors/error-to-problem';
import type { ProblemDetails } from '../src/errors/problem-details';
import { currentLogContext } from '../src/logging/log-context';
import { IsMoney, IsPrintable } from '../src/http/field-decorators';
import { Nested } from '../src/http/nested.decorator';
import { OptionalBody } from '../src/http/optional-body.decorator';
import { PageQuery } from '../src/http/page';

/** As a lib that has a connection would. */
translateErrorsBy((error) =>
  error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED' ? unavailable(2) : undefined,
);

/** A service with one resource, to try what every service does with a request. */

class ItemDto {
  @IsPrintable(1, 100)
  product_id!: string;

  @IsInt()
  @Min(1)
  quantity!: number;

  @IsMoney({ min: 0.01, max: 1000 })
  price!: number;
}

class OrderDto {
  @IsPrintable(1, 100)
  user_id!: string;

  @IsArray()
  @ArrayMinSize(1)
  @Nested(() => ItemDto, { each: true })
  items!: ItemDto[];
}

@OptionalBody()
class ReturnDto {
  @IsOptional()
  @IsPrintable(1, 20)
  note?: string;
}

class OrderPath {
  @IsUUID()
  order_id!: string;
}

@Public()
@Controller('orders')
class OrdersController {
  @Post()
  place(@Body() order: OrderDto) {
    return { order, correlation_id: currentLogContext().correlationId };
  }

  @Get()
  list(@Query() page: PageQuery) {
    return page;
  }

  @Post(':order_id/cancel')
  cancel() {
    return { cancelled: true };
  }

  @Post(':order_id/return')
  giveBack(@Body() { note }: ReturnDto) {
    return { note: note ?? 'none' };
  }

  @Get('fault')
  fault(): never {
    throw Object.assign(new Error('relation "secret_table" does not exist'), { code: '42P01' });
  }

  @Get('outage')
  outage(): never {
    throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
  }

  @Get('refused')
  refused(): never {
    throw new DomainError({ code: 'ORDER.BUSY', kind: 'conflict', message: 'Busy.', retryAfterSeconds: 3 });
  }

  @Get(':order_id')
  get(@Param() path: OrderPath) {
    return path;
  }
}

@Module({ controllers: [OrdersController] })
class OrdersModule {}

const config = defineConfig(commonConfig({ port: 0, databaseUser: 'order_service' }))({ LOG_LEVEL: 'fatal' });
export const item = { product_id: 'LAPTOP001', quantity: 1, price: 1.99 };
export const order = { user_id: 'user_123', items: [item] };

/** What its own code means. */
const problems = {
  'ORDER.BUSY': { title: 'The order is busy', status: 409, meaning: 'It is being changed.', remedy: 'Try again.' },
};

/** The service, without a port: requests are injected. */
export async function sampleService(): Promise<NestFastifyApplication> {
  const app = await createService({ name: 'order-service', problems, module: OrdersModule, config });
  await app.init();
  return app;
}

/** Sends a request; a body is JSON unless the headers say otherwise. */
export async function send(
  app: NestFastifyApplication,
  method: 'GET' | 'POST',
  url: string,
  body?: string | Buffer,
  headers: Record<string, string> = {},
) {
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  const payload = body === undefined ? {} : { payload: body };
  const response = await app.inject({ method, url, ...payload, headers: { ...type, ...headers } });
  return { response, problem: response.json<ProblemDetails>() };
}
