import { CreateNotifications1763800100000 } from './1763800100000-create-notifications';
import { CreateOrderNotifications1763800110000 } from './1763800110000-create-order-notifications';
import { CreateContacts1763800120000 } from './1763800120000-create-contacts';
import { RememberWhatOrdersAreAbout1767000000000 } from './1767000000000-remember-what-orders-are-about';
import { RememberOrderNumbers1767200000000 } from './1767200000000-remember-order-numbers';
import { KnowLoggedMessages1767400200000 } from './1767400200000-know-logged-messages';
import { FindNotificationsByStatus1767400300000 } from './1767400300000-find-notifications-by-status';
import { RememberKeysOfResends1767400400000 } from './1767400400000-remember-keys-of-resends';

export const NOTIFICATION_MIGRATIONS = [
  CreateNotifications1763800100000,
  CreateOrderNotifications1763800110000,
  CreateContacts1763800120000,
  RememberWhatOrdersAreAbout1767000000000,
  RememberOrderNumbers1767200000000,
  KnowLoggedMessages1767400200000,
  FindNotificationsByStatus1767400300000,
  RememberKeysOfResends1767400400000,
];
