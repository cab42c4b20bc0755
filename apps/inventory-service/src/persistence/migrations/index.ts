import { CreateStockTables1763800100000 } from './1763800100000-create-stock-tables';
import { CreateStockAllocations1763800200000 } from './1763800200000-create-stock-allocations';
import { SeedDemoStock1763800300000 } from './1763800300000-seed-demo-stock';
import { MakeStockMovementsAppendOnly1763800400000 } from './1763800400000-make-stock-movements-append-only';
import { AddLowStockThresholds1767400100000 } from './1767400100000-add-low-stock-thresholds';

export const INVENTORY_MIGRATIONS = [
  CreateStockTables1763800100000,
  CreateStockAllocations1763800200000,
  SeedDemoStock1763800300000,
  MakeStockMovementsAppendOnly1763800400000,
  AddLowStockThresholds1767400100000,
];
