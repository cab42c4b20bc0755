import './instrument';
import '../../../apps/inventory-service/src/main';
