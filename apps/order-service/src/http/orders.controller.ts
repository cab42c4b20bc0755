import type { Cause } from '@app/events';
import {
  ApiGroup,
  currentLogContext,
  currentTrace,
  decodeCursor,
  encodeCursor,
  parseIdempotencyKey,
} from '@app/platform';
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CancelOrder } from '../use-cases/cancel-order';
import { GetAuditTrail } from '../use-cases/get-audit-trail';
import { GetOrder } from '../use-cases/get-order';
import { ListOrders } from '../use-cases/list-orders';
import { PlaceOrder } from '../use-cases/place-order';
import type { PlacedOrder } from '../use-cases/store-orders';
import { CancelOrderDto } from './cancel-order.dto';
import { ClientGone } from './client-gone.decorator';
import { ListOrdersQuery } from './list-orders.query';
import { OrderEventListResponse, toOrderEventResponse } from './order-event.response';
import { OrderPath } from './order.path';
import { OrderListResponse, OrderResponse, toOrderResponse } from './order.response';
import { DocumentCancel, DocumentEvents, DocumentGet, DocumentList, DocumentPlace } from './orders.openapi';
import { PlaceOrderDto, toOrderRequest } from './place-order.dto';
import { WaitQuery } from './wait.query';

@ApiGroup('orders', 'Placing orders, following them and cancelling them.')
@Controller('orders')
export class OrdersController {
  constructor(
    private readonly placeOrder: PlaceOrder,
    private readonly getOrder: GetOrder,
    private readonly listOrders: ListOrders,
    private readonly getAuditTrail: GetAuditTrail,
    private readonly cancelOrder: CancelOrder,
  ) {}

  @Post()
  @DocumentPlace()
  async place(
    @Body() body: PlaceOrderDto,
    @Headers('idempotency-key') key: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const idempotencyKey = parseIdempotencyKey(key);
    const placed = await this.placeOrder.execute({
      request: toOrderRequest(body),
      cause: causeOfRequest(),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      answer: (order) => ({ status: 201, body: JSON.stringify(toOrderResponse(order)) }),
    });
    await sendPlaced(reply, placed);
  }

  @Get()
  @DocumentList()
  async list(@Query() { order_number, user_id, status, limit, cursor }: ListOrdersQuery): Promise<OrderListResponse> {
    const before = cursor === undefined ? undefined : decodeCursor(cursor, ['uuid'])[0];
    const filter = {
      ...(order_number === undefined ? {} : { orderNumber: order_number }),
      ...(user_id === undefined ? {} : { userId: user_id }),
      ...(status === undefined ? {} : { status }),
      ...(before === undefined ? {} : { before }),
    };
    const { orders, next } = await this.listOrders.execute(filter, limit);
    return { orders: orders.map(toOrderResponse), next_cursor: next === undefined ? null : encodeCursor([next]) };
  }

  @Get(':order_id')
  @DocumentGet()
  async get(
    @Param() { order_id: orderId }: OrderPath,
    @Query() { wait = 0 }: WaitQuery,
    @ClientGone() gone: AbortSignal,
  ): Promise<OrderResponse> {
    return this.getOrder.execute(orderId, toOrderResponse, wait === 0 ? undefined : { ms: wait, gone });
  }

  @Post(':order_id/cancel')
  @HttpCode(200)
  @DocumentCancel()
  async cancel(@Param() { order_id: orderId }: OrderPath, @Body() { reason }: CancelOrderDto): Promise<OrderResponse> {
    // `null` is no reason either.
    await this.cancelOrder.execute({ orderId, ...(reason && { reason }), trace: currentTrace() });
    return this.getOrder.execute(orderId, toOrderResponse);
  }

  @Get(':order_id/events')
  @DocumentEvents()
  async events(@Param() { order_id: orderId }: OrderPath): Promise<OrderEventListResponse> {
    const { entries, customerReason, traceId } = await this.getAuditTrail.execute(orderId);
    return { events: entries.map((entry) => toOrderEventResponse(entry, customerReason)), trace_id: traceId };
  }
}

function causeOfRequest(): Cause {
  const { correlationId = '' } = currentLogContext();
  return { correlationId, ...currentTrace() };
}

async function sendPlaced(reply: FastifyReply, { answer, replayed }: PlacedOrder): Promise<void> {
  const { order_id: orderId } = JSON.parse(answer.body) as OrderResponse;
  if (replayed) void reply.header('Idempotent-Replayed', 'true');
  await reply
    .status(answer.status)
    .header('Location', `/orders/${orderId}`)
    .type('application/json; charset=utf-8')
    .send(answer.body);
}
