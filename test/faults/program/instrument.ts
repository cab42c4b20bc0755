import '../../programs/report-stalls';
import './skewed-clock';
import { BREAKAGES } from '../instructions';
import { installBreakage } from './breakages';
import { installFailpoints } from './failpoints';

/*
 * Imported before a service's main: the service then boots exactly as it does in production, with these methods replaced.
 */
installFailpoints();
installBreakage(BREAKAGES.find((breakage) => breakage === process.env.FAULT_BREAKAGE));
