import { commonConfig, defineServiceConfig } from '@app/platform';

export const loadConfig = defineServiceConfig(commonConfig({ port: 8003, databaseUser: 'inventory_service' }));

export type InventoryServiceConfig = ReturnType<typeof loadConfig>;
