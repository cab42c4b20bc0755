import './instrument';
import './order-faults';
import '../../../apps/order-service/src/main';
