import { Injectable } from '@nestjs/common';
import type { UnitOfWork } from './unit-of-work';

/** PostgreSQL channel on which a replica without the relay tells the one that has it; one per schema by its name. */
export const OUTBOX_CHANNEL_PREFIX = 'outbox_';

/**
 * Wakes the relay at commit. When the relay runs in this process a plain call does; otherwise the transaction carries a
 * NOTIFY. NOTIFY takes a lock that puts all notifying commits in a row, which is why the common case avoids it.
 */
@Injectable()
export class OutboxSignal {
  private wakeRelay: (() => void) | undefined;

  /** The relay of this process is the active one: call it directly. */
  relayIsHere(wake: () => void): void {
    this.wakeRelay = wake;
  }

  /** The relay of this process is not, or no longer, the active one. */
  relayIsElsewhere(): void {
    this.wakeRelay = undefined;
  }

  /** Before COMMIT. */
  async announceIn(unitOfWork: UnitOfWork): Promise<void> {
    if (this.wakeRelay !== undefined) return;
    await unitOfWork.query(`SELECT pg_notify($1 || current_schema(), '')`, [OUTBOX_CHANNEL_PREFIX]);
  }

  /** After COMMIT. */
  committed(): void {
    this.wakeRelay?.();
  }
}
