import { CreateNotifications1763800100000 } from './1763800100000-create-notifications';
import { CreateOrderNotifications1763800110000 } from './1763800110000-create-order-notifications';
import { CreateContacts1763800120000 } from './1763800120000-create-contacts';
import { RememberWhatOrdersAreAbout1767000000000 } from './1767000000000-remember-what-orders-are-about';
import { RememberOrderNumbers1767200000000 } from './1767200000000-remember-order-numbers';

export const NOTIFICATION_MIGRATIONS = [
  CreateNotifications1763800100000,
  CreateOrderNotifications1763800110000,
  CreateContacts1763800120000,
  RememberWhatOrdersAreAbout1767000000000,
  RememberOrderNumbers1767200000000,
];
