import './instrument';
import './gateway-faults';
import '../../../apps/payment-service/src/main';
