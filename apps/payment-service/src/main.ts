import { bootstrapService } from '@app/platform';
import { loadConfig } from './config';
import { paymentService } from './service';

await bootstrapService(paymentService(loadConfig.orExit()));
