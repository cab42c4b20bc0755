import { Allow, ApiGroup, ApiProblems } from '@app/platform';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation } from '@nestjs/swagger';
import { RefundByHand } from '../use-cases/refund-by-hand';
import { RefundByHandDto, RefundByHandResponse } from './simulator.dto';

/** The pages of the simulated gateway; there only while payments go through it. */
@ApiGroup('simulator', 'What a person can do in the dashboard of a real gateway; there while payments are simulated.')
@Allow('operator', 'admin')
@Controller('simulator')
export class SimulatorController {
  constructor(private readonly refundByHand: RefundByHand) {}

  @Post('refunds')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'refundByHand',
    summary: 'Refund a payment, as an operator would in the dashboard of a real gateway.',
  })
  @ApiAcceptedResponse({
    type: RefundByHandResponse,
    description: 'The refund is recorded; the payment and its order are updated shortly.',
  })
  @ApiProblems(400, { status: 409, description: 'More than is left to refund.' }, 413, 415, 503)
  async refund(@Body() { order_id: orderId, amount }: RefundByHandDto): Promise<RefundByHandResponse> {
    await this.refundByHand.execute(orderId, amount);
    return { accepted: true };
  }
}
