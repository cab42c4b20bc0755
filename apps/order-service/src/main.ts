import { bootstrapService } from '@app/platform';
import { loadConfig } from './config';
import { orderService } from './service';

await bootstrapService(orderService(loadConfig.orExit()));
