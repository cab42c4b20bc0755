import './instrument';
import './mail-faults';
import '../../../apps/notification-service/src/main';
