import { ApiProblems } from '@app/platform';
import { applyDecorators } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOperation } from '@nestjs/swagger';
import { AdjustmentResponse, ProductResponse } from './inventory.response';

const REPLAYED = {
  description: '`true` if this is the response to an earlier request with the same key.',
  schema: { type: 'string' as const, enum: ['true'] },
};

/** What OpenAPI says about a new product. */
export const DocumentAdd = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ operationId: 'addProduct', summary: 'Add a product with its first stock.' }),
    ApiCreatedResponse({
      type: ProductResponse,
      description: 'The product is stored.',
      headers: { Location: { description: 'URL of the product.', schema: { type: 'string' } } },
    }),
    ApiProblems(400, { status: 409, description: 'A product with this id already exists.' }, 413, 415, 503),
  );

/** What OpenAPI says about an adjustment; the controller says what it does. */
export const DocumentAdjust = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      operationId: 'adjustStock',
      summary: 'Record a delivery or a stock correction.',
      description: 'With an Idempotency-Key the request can be repeated safely.',
    }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'Up to 255 characters; remembered forever.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
      example: 'delivery-4711',
    }),
    ApiCreatedResponse({
      type: AdjustmentResponse,
      description: 'The product after the adjustment, and the movement it is recorded as.',
      headers: { 'Idempotent-Replayed': REPLAYED },
    }),
    ApiProblems(400, 404, { status: 409, description: 'The stock is too low.' }, 413, 415, 422, 503),
  );
