import { DomainError } from '@app/platform';
import { Injectable } from '@nestjs/common';
import type { StoredContact } from '../domain/recipients';
import { ContactRepository } from '../persistence/contact.repository';

/** Shows how a user wants to be reached. */
@Injectable()
export class GetContact {
  constructor(private readonly contacts: ContactRepository) {}

  async execute(userId: string): Promise<StoredContact> {
    const contact = await this.contacts.find(userId);
    if (contact !== undefined) return contact;
    throw new DomainError({
      code: 'CONTACT.NOT_FOUND',
      kind: 'not_found',
      message: 'No contact is stored for this user.',
    });
  }
}
