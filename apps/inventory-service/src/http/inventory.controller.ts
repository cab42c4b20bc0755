import type { Cause } from '@app/events';
import {
  actorOf,
  Allow,
  ApiGroup,
  ApiProblems,
  type Caller,
  CurrentCaller,
  currentLogContext,
  currentTrace,
  decodeCursor,
  PageQuery,
  parseIdempotencyKey,
  Public,
} from '@app/platform';
import { Body, Controller, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AddProduct } from '../use-cases/add-product';
import { AdjustStock, type AdjustedStock } from '../use-cases/adjust-stock';
import { GetProduct } from '../use-cases/get-product';
import { ListMovements } from '../use-cases/list-movements';
import { ListProducts } from '../use-cases/list-products';
import { AddProductDto, toNewProduct } from './add-product.dto';
import { AdjustStockDto, toAdjustment } from './adjust-stock.dto';
import {
  type AdjustmentResponse,
  InventoryResponse,
  MovementListResponse,
  ProductResponse,
  toAdjustmentResponse,
  toInventoryResponse,
  toMovementListResponse,
  toProductResponse,
} from './inventory.response';
import { DocumentAdd, DocumentAdjust } from './inventory.openapi';
import { ProductPath } from './product.path';

@ApiGroup('inventory', 'Products, their stock, and what has changed it.')
@Controller('inventory')
export class InventoryController {
  constructor(
    private readonly listProducts: ListProducts,
    private readonly getProduct: GetProduct,
    private readonly listMovements: ListMovements,
    private readonly addProduct: AddProduct,
    private readonly adjustStock: AdjustStock,
  ) {}

  @Get()
  @Public()
  @ApiOperation({ operationId: 'listProducts', summary: 'List products with their stock, ordered by product id.' })
  @ApiOkResponse({ type: InventoryResponse, description: 'A page of products.' })
  @ApiProblems(400, 503)
  async list(@Query() { limit, cursor }: PageQuery): Promise<InventoryResponse> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor, ['text'])[0];
    return toInventoryResponse(await this.listProducts.execute(limit, after));
  }

  @Get(':product_id')
  @Public()
  @ApiOperation({ operationId: 'getProduct', summary: 'Read one product.' })
  @ApiOkResponse({ type: ProductResponse, description: 'The product with its stock.' })
  @ApiProblems(400, 404, 503)
  async get(@Param() { product_id: productId }: ProductPath): Promise<ProductResponse> {
    return toProductResponse(await this.getProduct.execute(productId));
  }

  @Post()
  @Allow('operator', 'admin')
  @DocumentAdd()
  async add(
    @Body() body: AddProductDto,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProductResponse> {
    const request = { actor: actorAt(caller), cause: causeOfRequest() };
    const product = toProductResponse(await this.addProduct.execute(toNewProduct(body), request));
    void reply.header('Location', `/inventory/${encodeURIComponent(product.product_id)}`);
    return product;
  }

  @Post(':product_id/adjustments')
  @Allow('operator', 'admin')
  @DocumentAdjust()
  async adjust(
    @Param() { product_id: productId }: ProductPath,
    @Body() body: AdjustStockDto,
    @Headers('idempotency-key') key: string | undefined,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdjustmentResponse> {
    const request = { idempotencyKey: parseIdempotencyKey(key), actor: actorAt(caller), cause: causeOfRequest() };
    const adjusted = await this.adjustStock.execute(productId, toAdjustment(body), request);
    return answerAdjusted(reply, adjusted);
  }

  @Get(':product_id/movements')
  @Allow('support', 'operator', 'admin')
  @ApiOperation({ operationId: 'listMovements', summary: 'List the stock movements of a product, newest first.' })
  @ApiOkResponse({ type: MovementListResponse, description: 'A page of movements.' })
  @ApiProblems(400, 404, 503)
  async movements(
    @Param() { product_id: productId }: ProductPath,
    @Query() { limit, cursor }: PageQuery,
  ): Promise<MovementListResponse> {
    const before = cursor === undefined ? undefined : decodeCursor(cursor, ['integer'])[0];
    return toMovementListResponse(await this.listMovements.execute(productId, limit, before));
  }
}

function answerAdjusted(reply: FastifyReply, adjusted: AdjustedStock): AdjustmentResponse {
  if (adjusted.replayed) void reply.header('Idempotent-Replayed', 'true');
  return toAdjustmentResponse(adjusted);
}

/** Who changes a stock; without authentication some operator. */
function actorAt(caller: Caller): string {
  return caller.isAnonymous ? 'operator' : actorOf(caller);
}

/** A person caused it, not an event. */
function causeOfRequest(): Cause {
  const { correlationId = '' } = currentLogContext();
  return { correlationId, ...currentTrace() };
}
