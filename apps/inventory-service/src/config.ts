import { commonConfig, defineConfig } from '@app/platform';

export const loadConfig = defineConfig(commonConfig({ port: 8003, databaseUser: 'inventory_service' }));

export type InventoryServiceConfig = ReturnType<typeof loadConfig>;
