import { ApiProblems } from '@app/platform';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RefundByHand } from '../use-cases/refund-by-hand';
import { RefundByHandDto } from './simulator.dto';

/** The pages of the simulated gateway; there only while payments go through it. */
@ApiTags('simulator')
@Controller('simulator')
export class SimulatorController {
  constructor(private readonly refundByHand: RefundByHand) {}

  @Post('refunds')
  @HttpCode(202)
  @ApiOperation({ summary: 'Refund a payment, as an operator would in the dashboard of a real gateway' })
  @ApiAcceptedResponse({ description: 'The refund is recorded; the payment and its order are updated shortly.' })
  @ApiProblems(400, 409, 503)
  async refund(@Body() { order_id: orderId, amount }: RefundByHandDto) {
    await this.refundByHand.execute(orderId, amount);
    return { accepted: true };
  }
}
