import { bootstrapService } from '@app/platform';
import { loadConfig } from './config';
import { inventoryService } from './service';

await bootstrapService(inventoryService(loadConfig.orExit()));
