import type { Dashboard } from '../dashboard.ts';
import { infrastructure } from './infrastructure.ts';
import { messaging } from './messaging.ts';
import { orders } from './orders.ts';
import { services } from './services.ts';

/** In the order in which one looks: what customers notice first. */
export const DASHBOARDS: readonly Dashboard[] = [orders, messaging, services, infrastructure];
