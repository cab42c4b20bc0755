import { Transactions, Turns } from '@app/messaging';
import { Clock } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { ContactNotFound } from '../domain/notification.errors';
import type { Contact, StoredContact } from '../domain/recipients';
import { ContactRepository } from '../persistence/contact.repository';

/** Stores how a user wants to be reached from now on. Messages that are recorded already keep their address. */
@Injectable()
export class SaveContact {
  private readonly turns = new Turns();

  constructor(
    private readonly transactions: Transactions,
    private readonly contacts: ContactRepository,
    private readonly clock: Clock,
  ) {}

  /** With `owner` only if it is theirs. @throws ContactNotFound */
  async execute(userId: string, contact: Contact, owner = userId): Promise<StoredContact> {
    if (owner !== userId) throw new ContactNotFound();
    return this.turns.take(userId, () =>
      this.transactions.run((unitOfWork) => this.contacts.save(unitOfWork, userId, contact, this.clock.now())),
    );
  }
}
