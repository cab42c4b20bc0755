import { Injectable } from '@nestjs/common';
import { ContactNotFound } from '../domain/notification.errors';
import type { StoredContact } from '../domain/recipients';
import { ContactRepository } from '../persistence/contact.repository';

/** Shows how a user wants to be reached. */
@Injectable()
export class GetContact {
  constructor(private readonly contacts: ContactRepository) {}

  /** With `owner` only if it is theirs. @throws ContactNotFound */
  async execute(userId: string, owner = userId): Promise<StoredContact> {
    const contact = owner !== userId ? undefined : await this.contacts.find(userId);
    if (contact !== undefined) return contact;
    throw new ContactNotFound();
  }
}
