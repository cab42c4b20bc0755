import { ApiProblems } from '@app/platform';
import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { CancelOrderDto } from './cancel-order.dto';
import { OrderEventListResponse } from './order-event.response';
import { OrderListResponse, OrderResponse } from './order.response';
import { PlaceOrderDto } from './place-order.dto';

/** The call of the documentation. */
const EXAMPLE: PlaceOrderDto = {
  user_id: 'user_123',
  items: [{ product_id: 'LAPTOP001', product_name: 'Gaming Laptop', quantity: 1, price: 1299.99 }],
};

const NO_SUCH_ORDER = { status: 404, description: 'No order has this id.' };

/** What OpenAPI says about each endpoint; the controller says what it does. */
export const DocumentPlace = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      operationId: 'placeOrder',
      summary: 'Place an order.',
      description: 'With an Idempotency-Key the request can be repeated safely.',
    }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'Up to 255 characters, bare or as a quoted string; remembered for at least 24 hours.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
      example: 'b9f2c1d0-checkout-1',
    }),
    ApiBody({ type: PlaceOrderDto, examples: { documented: { summary: 'A laptop', value: EXAMPLE } } }),
    ApiCreatedResponse({
      type: OrderResponse,
      description: 'The order is stored and is being processed.',
      headers: {
        Location: { description: 'URL of the order.', schema: { type: 'string' } },
        'Idempotent-Replayed': {
          description: '`true` if this is the response to an earlier request with the same key.',
          schema: { type: 'string', enum: ['true'] },
        },
      },
    }),
    ApiProblems(
      400,
      { status: 409, description: 'A request with this key is being processed; try again after Retry-After seconds.' },
      413,
      415,
      { status: 422, description: 'The key was used for a request with other parameters.' },
      503,
    ),
  );

export const DocumentList = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      operationId: 'listOrders',
      summary: 'List orders, newest first.',
      description:
        'A page filtered by status examines at most 10,000 orders. It may be shorter than limit, or empty; the list continues at next_cursor.',
    }),
    ApiOkResponse({ type: OrderListResponse, description: 'A page of orders.' }),
    ApiProblems(400, 503),
  );

export const DocumentGet = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      operationId: 'getOrder',
      summary: 'Read an order, optionally waiting until it is confirmed or cancelled.',
    }),
    ApiOkResponse({ type: OrderResponse, description: 'The order as it is now, or after the wait.' }),
    ApiProblems(400, NO_SUCH_ORDER, 503),
  );

export const DocumentCancel = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      operationId: 'cancelOrder',
      summary: 'Cancel an order at any point.',
      description: 'The payment is refunded and the stock returned. The request can be repeated safely.',
    }),
    ApiBody({
      type: CancelOrderDto,
      required: false,
      description: 'Why, in the customer’s words. Kept with the order, not published. The reason given first stays.',
    }),
    ApiOkResponse({ type: OrderResponse, description: 'The cancelled order; also if it was cancelled before.' }),
    ApiProblems(400, NO_SUCH_ORDER, 413, 415, 503),
  );

export const DocumentEvents = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      operationId: 'listOrderEvents',
      summary:
        'Read the audit trail of an order, oldest first: every step with its cause, its actor and what it knows.',
    }),
    ApiOkResponse({ type: OrderEventListResponse, description: 'All steps of the order.' }),
    ApiProblems(400, NO_SUCH_ORDER, 503),
  );
