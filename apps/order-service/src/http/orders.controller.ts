import type { Cause } from '@app/events';
import {
  actorOf,
  Allow,
  ApiGroup,
  type Caller,
  CurrentCaller,
  currentLogContext,
  currentTrace,
  decodeCursor,
  encodeCursor,
  ownerFor,
  OwnUser,
  parseIdempotencyKey,
  userShownTo,
} from '@app/platform';
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CancelOrder } from '../use-cases/cancel-order';
import { GetAuditTrail } from '../use-cases/get-audit-trail';
import { GetOrder } from '../use-cases/get-order';
import { ListOrders, type OrderFilter } from '../use-cases/list-orders';
import { ForeignUser } from '../domain/order.errors';
import { PlaceOrder, type PlaceOrderCommand } from '../use-cases/place-order';
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
@Allow('customer', 'support', 'operator', 'admin', 'service')
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
  @Allow('customer', 'support', 'service')
  @OwnUser()
  @DocumentPlace()
  async place(
    @Body() body: PlaceOrderDto,
    @CurrentCaller() caller: Caller,
    @Headers('idempotency-key') key: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendPlaced(reply, await this.placeOrder.execute(commandOf(body, caller, parseIdempotencyKey(key))));
  }

  @Get()
  @DocumentList()
  async list(@Query() query: ListOrdersQuery, @CurrentCaller() caller: Caller): Promise<OrderListResponse> {
    const { orders, next } = await this.listOrders.execute(filterOf(query, caller), query.limit);
    return { orders: orders.map(toOrderResponse), next_cursor: next === undefined ? null : encodeCursor([next]) };
  }

  @Get(':order_id')
  @DocumentGet()
  async get(
    @Param() { order_id: orderId }: OrderPath,
    @Query() { wait = 0 }: WaitQuery,
    @CurrentCaller() caller: Caller,
    @ClientGone() gone: AbortSignal,
  ): Promise<OrderResponse> {
    const query = { orderId, owner: ownerFor(caller), wait: wait === 0 ? undefined : { ms: wait, gone } };
    return this.getOrder.execute(query, toOrderResponse);
  }

  @Post(':order_id/cancel')
  @HttpCode(200)
  @Allow('customer', 'support', 'admin')
  @DocumentCancel()
  async cancel(
    @Param() { order_id: orderId }: OrderPath,
    @Body() { reason }: CancelOrderDto,
    @CurrentCaller() caller: Caller,
  ): Promise<OrderResponse> {
    const owner = ownerFor(caller);
    const command = { orderId, owner, actor: actorAt(caller, owner), trace: currentTrace() };
    // `null` is no reason either.
    await this.cancelOrder.execute({ ...command, ...(reason && { reason }) });
    return this.getOrder.execute({ orderId, owner }, toOrderResponse);
  }

  @Get(':order_id/events')
  @DocumentEvents()
  async events(
    @Param() { order_id: orderId }: OrderPath,
    @CurrentCaller() caller: Caller,
  ): Promise<OrderEventListResponse> {
    const { entries, customerReason, traceId } = await this.getAuditTrail.execute(orderId, ownerFor(caller));
    return { events: entries.map((entry) => toOrderEventResponse(entry, customerReason)), trace_id: traceId };
  }
}

/** @throws ForeignUser */
function commandOf(body: PlaceOrderDto, caller: Caller, idempotencyKey: string | undefined): PlaceOrderCommand {
  expectOwn(caller, body.user_id);
  return {
    request: toOrderRequest(body),
    cause: causeOfRequest(),
    subject: caller.subject,
    actor: actorAt(caller, body.user_id),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    answer: (order) => ({ status: 201, body: JSON.stringify(toOrderResponse(order)) }),
  };
}

/** @throws Forbidden when somebody who sees only what is theirs asks for what is not. */
function filterOf({ order_number, user_id, status, cursor }: ListOrdersQuery, caller: Caller): OrderFilter {
  const userId = userShownTo(caller, user_id);
  const before = cursor === undefined ? undefined : decodeCursor(cursor, ['uuid'])[0];
  return {
    ...(order_number === undefined ? {} : { orderNumber: order_number }),
    ...(userId === undefined ? {} : { userId }),
    ...(status === undefined ? {} : { status }),
    ...(before === undefined ? {} : { before }),
  };
}

/** @throws ForeignUser when somebody who orders for themselves alone names somebody else. */
function expectOwn(caller: Caller, userId: string): void {
  const owner = ownerFor(caller);
  if (owner !== undefined && owner !== userId) throw new ForeignUser();
}

/**
 * Who acts, in the audit trail. The owner of an order is `customer` there: who that is stands in the first entry, as a hash that can be
 * made meaningless. Without authentication whoever acts is taken for the owner.
 */
function actorAt(caller: Caller, owner: string | undefined): string {
  return caller.isAnonymous || caller.subject === owner ? 'customer' : actorOf(caller);
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
