import { describeService, type ServiceOptions } from '@app/platform';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig as inventoryConfig } from '../../apps/inventory-service/src/config';
import { inventoryService } from '../../apps/inventory-service/src/service';
import { loadConfig as notificationConfig } from '../../apps/notification-service/src/config';
import { notificationService } from '../../apps/notification-service/src/service';
import { loadConfig as orderConfig } from '../../apps/order-service/src/config';
import { orderService } from '../../apps/order-service/src/service';
import { loadConfig as paymentConfig } from '../../apps/payment-service/src/config';
import { paymentService } from '../../apps/payment-service/src/service';

type Document = Awaited<ReturnType<typeof describeService>>;

/** Every service as it is without any setting: payments are simulated. */
export function describedServices(): ServiceOptions[] {
  return [
    orderService(orderConfig({})),
    paymentService(paymentConfig({})),
    inventoryService(inventoryConfig({})),
    notificationService(notificationConfig({})),
  ];
}

/** The document of each service, by its name. Its version is the one in `package.json`. */
export async function currentDocuments(root: string): Promise<Map<string, Document>> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const documents = new Map<string, Document>();
  for (const service of describedServices()) {
    documents.set(service.name, await describeService({ ...service, version }));
  }
  return documents;
}
