import { Allow, ApiGroup, ApiProblems, type Caller, CurrentCaller, ownerFor, userShownTo } from '@app/platform';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { GetPayment } from '../use-cases/get-payment';
import { ListPayments } from '../use-cases/list-payments';
import { ListPaymentsQuery } from './list-payments.query';
import { PaymentPath } from './payment-path.dto';
import { PaymentListResponse, PaymentResponse } from './payment.response';

@ApiGroup('payments', 'The payments of orders.')
@Allow('customer', 'support', 'operator', 'admin', 'service')
@Controller('payments')
export class PaymentsController {
  constructor(
    private readonly getPayment: GetPayment,
    private readonly listPayments: ListPayments,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listPayments',
    summary: 'List payments, newest first.',
    description:
      'A page filtered by status examines at most 10,000 payments. It may be shorter than limit, or empty; the list continues at next_cursor.',
  })
  @ApiOkResponse({ type: PaymentListResponse, description: 'A page of payments.' })
  @ApiProblems(400, 503)
  async list(@Query() query: ListPaymentsQuery, @CurrentCaller() caller: Caller): Promise<PaymentListResponse> {
    const { order_id: orderId, status, limit, cursor } = query;
    const userId = userShownTo(caller, query.user_id);
    const page = await this.listPayments.execute({ orderId, userId, status }, limit, cursor);
    return { payments: page.payments.map((payment) => PaymentResponse.from(payment)), next_cursor: page.nextCursor };
  }

  @Get(':payment_id')
  @ApiOperation({ operationId: 'getPayment', summary: 'Read a payment.' })
  @ApiOkResponse({ type: PaymentResponse, description: 'The payment as it is now.' })
  @ApiProblems(400, 404, 503)
  async get(
    @Param() { payment_id: paymentId }: PaymentPath,
    @CurrentCaller() caller: Caller,
  ): Promise<PaymentResponse> {
    return PaymentResponse.from(await this.getPayment.execute(paymentId, ownerFor(caller)));
  }
}
