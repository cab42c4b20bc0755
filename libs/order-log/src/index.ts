export { OrderLogModule } from './order-log.module';
