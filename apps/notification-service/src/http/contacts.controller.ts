import { Allow, ApiGroup, ApiProblems, type Caller, CurrentCaller, ownerFor } from '@app/platform';
import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { GetContact } from '../use-cases/get-contact';
import { SaveContact } from '../use-cases/save-contact';
import { ContactDto, ContactPath } from './contact.dto';
import { ContactResponse, toContactResponse } from './contact.response';

const SAVE = {
  summary: 'Store the contact of a user.',
  description: 'Replaces the stored contact. It is used for new messages and for resends.',
};

@ApiGroup('contacts', 'Where and how a user wants to be told.')
@Controller('contacts')
export class ContactsController {
  constructor(
    private readonly getContact: GetContact,
    private readonly saveContact: SaveContact,
  ) {}

  @Get(':user_id')
  @Allow('customer', 'support', 'admin')
  @ApiOperation({
    operationId: 'getContact',
    summary: 'Read the contact of a user.',
    description: '404 if no contact is stored; such a user is notified by e-mail only.',
  })
  @ApiOkResponse({ type: ContactResponse, description: 'The stored contact.' })
  @ApiProblems(400, { status: 404, description: 'No contact is stored for this user.' }, 503)
  async get(@Param() { user_id }: ContactPath, @CurrentCaller() caller: Caller): Promise<ContactResponse> {
    return toContactResponse(await this.getContact.execute(user_id, ownerFor(caller)));
  }

  @Put(':user_id')
  @Allow('customer')
  @ApiOperation({ operationId: 'saveContact', ...SAVE })
  @ApiOkResponse({ type: ContactResponse, description: 'The contact as it is stored now.' })
  @ApiProblems(400, 413, 415, 503)
  async put(
    @Param() { user_id }: ContactPath,
    @Body() { email, phone, channels }: ContactDto,
    @CurrentCaller() caller: Caller,
  ): Promise<ContactResponse> {
    const owner = caller.isAnonymous ? undefined : caller.subject;
    return toContactResponse(await this.saveContact.execute(user_id, { email, phone, channels }, owner));
  }
}
