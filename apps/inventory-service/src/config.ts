import { commonConfig, defineConfig, durationMs } from '@app/platform';

export const loadConfig = defineConfig({
  ...commonConfig({ port: 8003, databaseUser: 'inventory_service' }),
  inventoryCacheTtlMs: durationMs({
    description: 'Milliseconds a product may be served from the cache; bounds staleness while Redis is unreachable.',
    default: 5_000,
  }),
});

export type InventoryServiceConfig = ReturnType<typeof loadConfig>;
