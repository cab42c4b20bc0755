import { bootstrapService } from '@app/platform';
import { loadConfig } from './config';
import { notificationService } from './service';

await bootstrapService(notificationService(loadConfig.orExit()));
