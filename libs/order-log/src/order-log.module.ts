import { StepObserver } from '@app/messaging';
import { BufferedLog, type CommonConfig, ServiceInfo } from '@app/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import { OrderLog } from './order-log';

/** Logs the steps of orders (`LOG_ORDERS`). Global, because messaging asks for an `StepObserver`. */
@Module({})
export class OrderLogModule {
  static forRoot({
    logOrders,
    logLevel,
    logFormat,
  }: Pick<CommonConfig, 'logOrders' | 'logLevel' | 'logFormat'>): DynamicModule {
    return {
      module: OrderLogModule,
      global: true,
      providers: [
        {
          provide: StepObserver,
          useFactory: ({ name, version }: ServiceInfo) =>
            new OrderLog(new BufferedLog({ service: name, version, level: logLevel, format: logFormat }), logOrders),
          inject: [ServiceInfo],
        },
      ],
      exports: [StepObserver],
    };
  }
}
