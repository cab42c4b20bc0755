import { ApiGroup, ApiProblems, keepRawBody, Public, rawBodyOf } from '@app/platform';
import { Controller, Headers, HttpCode, Post, Req, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HandleStripeWebhook } from '../use-cases/handle-stripe-webhook';

/** There only while payments go through Stripe, which proves itself by a signature. */
@ApiGroup('webhooks', 'What the payment gateway calls; there while payments go through Stripe.')
@Public()
@Controller('webhooks/stripe')
export class StripeWebhookController implements OnModuleInit {
  constructor(
    private readonly handleStripeWebhook: HandleStripeWebhook,
    private readonly host: HttpAdapterHost<FastifyAdapter>,
  ) {}

  onModuleInit(): void {
    keepRawBody(this.host.httpAdapter.getInstance<FastifyInstance>(), '/webhooks/stripe');
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ operationId: 'receiveStripeEvent', summary: 'Receive a signed event from Stripe.' })
  @ApiOkResponse({ description: 'The event is stored.' })
  @ApiProblems(400, 413, 503)
  async hear(@Req() request: FastifyRequest, @Headers('stripe-signature') signature = '') {
    await this.handleStripeWebhook.execute(rawBodyOf(request), signature);
    return { received: true };
  }
}
