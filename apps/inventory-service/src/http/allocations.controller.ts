import { Allow, ApiGroup, ApiProblems, type Caller, CurrentCaller, ownerFor } from '@app/platform';
import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';
import { GetAllocation } from '../use-cases/get-allocation';
import { AllocationResponse, toAllocationResponse } from './allocation.response';

export class AllocationPath {
  @ApiProperty({ format: 'uuid', example: '01936f3c-7b1e-7c43-9a4e-2f5d8c1b6a70' })
  @IsUUID()
  order_id!: string;
}

@ApiGroup('allocations', 'What orders have taken from the stock.')
@Allow('customer', 'support', 'operator', 'admin', 'service')
@Controller('allocations')
export class AllocationsController {
  constructor(private readonly getAllocation: GetAllocation) {}

  @Get(':order_id')
  @ApiOperation({ operationId: 'getAllocation', summary: 'Read what an order has taken from the stock.' })
  @ApiOkResponse({ type: AllocationResponse, description: 'What was decided about the stock for this order.' })
  @ApiProblems(400, 404, 503)
  async get(
    @Param() { order_id: orderId }: AllocationPath,
    @CurrentCaller() caller: Caller,
  ): Promise<AllocationResponse> {
    return toAllocationResponse(await this.getAllocation.execute(orderId, ownerFor(caller)));
  }
}
