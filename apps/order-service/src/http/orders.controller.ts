import { ApiProblems, currentLogContext, decodeCursor, encodeCursor } from '@app/platform';
import { Body, Controller, Get, Headers, HttpCode, Param, ParseUUIDPipe, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CancelOrder } from '../use-cases/cancel-order';
import { GetOrder } from '../use-cases/get-order';
import { PlaceOrder } from '../use-cases/place-order';
import { parseIdempotencyKey } from './idempotency-key';
import { ListOrdersQuery } from './list-orders.query';
import {
  OrderEventListResponse,
  OrderListResponse,
  OrderResponse,
  orderResponseFrom,
  toOrderEventResponse,
  toOrderResponse,
} from './order.response';
import { PlaceOrderDto, toOrderRequest } from './place-order.dto';
import { WaitQuery } from './wait.query';

const OrderId = ApiParam({ name: 'order_id', format: 'uuid' });

@ApiTags('orders')
@Controller('orders')
export class OrdersController {
  constructor(
    private readonly placeOrder: PlaceOrder,
    private readonly getOrder: GetOrder,
    private readonly cancelOrder: CancelOrder,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Place an order. With an Idempotency-Key it can be repeated safely.' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Up to 255 characters; remembered for 24 hours.',
  })
  @ApiCreatedResponse({ type: OrderResponse, headers: { Location: { description: 'Where the order can be read.' } } })
  @ApiProblems(400, 409, 413, 415, 422, 503)
  async place(
    @Body() body: PlaceOrderDto,
    @Headers('idempotency-key') key: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const idempotencyKey = parseIdempotencyKey(key);
    const { answer, replayed } = await this.placeOrder.execute({
      request: toOrderRequest(body),
      cause: causeOfRequest(),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      answer: (order, lines) => ({ status: 201, body: JSON.stringify(toOrderResponse(order, lines)) }),
    });
    if (replayed) void reply.header('Idempotent-Replayed', 'true');
    await sendPlaced(reply, answer);
  }

  @Get()
  @ApiOperation({ summary: 'List orders, newest first.' })
  @ApiOkResponse({ type: OrderListResponse })
  @ApiProblems(400, 503)
  async list(@Query() { user_id, status, limit, cursor }: ListOrdersQuery): Promise<OrderListResponse> {
    const before = cursor === undefined ? undefined : decodeCursor(cursor, ['uuid'])[0];
    const filter = {
      ...(user_id === undefined ? {} : { userId: user_id }),
      ...(status === undefined ? {} : { status }),
      ...(before === undefined ? {} : { before }),
    };
    const rows = await this.getOrder.list(filter, limit + 1);
    return pageOf(rows.map(orderResponseFrom), limit);
  }

  @Get(':order_id')
  @OrderId
  @ApiOperation({ summary: 'Read an order, or wait until it is confirmed or cancelled.' })
  @ApiOkResponse({ type: OrderResponse })
  @ApiProblems(400, 404, 503)
  async get(
    @Param('order_id', new ParseUUIDPipe()) orderId: string,
    @Query() { wait }: WaitQuery,
  ): Promise<OrderResponse> {
    return this.getOrder.execute(orderId, orderResponseFrom, wait);
  }

  @Post(':order_id/cancel')
  @OrderId
  @HttpCode(200)
  @ApiOperation({ summary: 'Cancel an order at any point; money and stock go back. Harmless to repeat.' })
  @ApiOkResponse({ type: OrderResponse })
  @ApiProblems(400, 404, 503)
  async cancel(@Param('order_id', new ParseUUIDPipe()) orderId: string): Promise<OrderResponse> {
    await this.cancelOrder.execute(orderId, causeOfRequest().traceparent);
    return this.getOrder.execute(orderId, orderResponseFrom);
  }

  @Get(':order_id/events')
  @OrderId
  @ApiOperation({ summary: 'The audit trail of an order: every step, what caused it and who.' })
  @ApiOkResponse({ type: OrderEventListResponse })
  @ApiProblems(400, 404, 503)
  async events(@Param('order_id', new ParseUUIDPipe()) orderId: string): Promise<OrderEventListResponse> {
    return { events: (await this.getOrder.events(orderId)).map(toOrderEventResponse) };
  }
}

function causeOfRequest(): { correlationId: string; traceparent?: string } {
  const { correlationId = '', traceparent } = currentLogContext();
  return { correlationId, ...(traceparent === undefined ? {} : { traceparent }) };
}

async function sendPlaced(reply: FastifyReply, answer: { status: number; body: string }): Promise<void> {
  const { order_id: orderId } = JSON.parse(answer.body) as OrderResponse;
  await reply
    .status(answer.status)
    .header('Location', `/orders/${orderId}`)
    .type('application/json; charset=utf-8')
    .send(answer.body);
}

function pageOf(orders: OrderResponse[], limit: number): OrderListResponse {
  const page = orders.slice(0, limit);
  const last = page.at(-1);
  const more = orders.length > limit && last !== undefined;
  return { orders: page, next_cursor: more ? encodeCursor([last.order_id]) : null };
}
