export { OrderLogModule } from './order-log.module';
export { type Step, stepOf } from './step-of';
