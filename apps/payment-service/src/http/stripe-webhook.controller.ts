import { ApiProblems, keepRawBody, rawBodyOf } from '@app/platform';
import { Controller, Headers, HttpCode, Post, Req } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HearOfPayments } from '../use-cases/hear-of-payments';

/** There only while payments go through Stripe. */
@ApiTags('webhooks')
@Controller('webhooks/stripe')
export class StripeWebhookController {
  constructor(
    private readonly hearOfPayments: HearOfPayments,
    host: HttpAdapterHost<FastifyAdapter>,
  ) {
    keepRawBody(host.httpAdapter.getInstance<FastifyInstance>(), '/webhooks/stripe');
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Receive signed events from Stripe' })
  @ApiOkResponse({ description: 'The event is stored.' })
  @ApiProblems(400, 413, 503)
  async hear(@Req() request: FastifyRequest, @Headers('stripe-signature') signature = '') {
    await this.hearOfPayments.run(rawBodyOf(request), signature);
    return { received: true };
  }
}
