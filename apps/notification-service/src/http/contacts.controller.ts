import { ApiProblems } from '@app/platform';
import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { GetContact } from '../use-cases/get-contact';
import { SaveContact } from '../use-cases/save-contact';
import { ContactDto, ContactPath } from './contact.dto';
import { ContactResponse, toContactResponse } from './contact.response';

@ApiTags('contacts')
@Controller('contacts')
export class ContactsController {
  constructor(
    private readonly getContact: GetContact,
    private readonly saveContact: SaveContact,
  ) {}

  @Get(':user_id')
  @ApiOperation({
    summary: 'Read the contact of a user',
    description: '404 if no contact is stored; such a user is notified by e-mail only.',
  })
  @ApiOkResponse({ type: ContactResponse })
  @ApiProblems(400, 404, 503)
  async get(@Param() { user_id }: ContactPath): Promise<ContactResponse> {
    return toContactResponse(await this.getContact.execute(user_id));
  }

  @Put(':user_id')
  @ApiOperation({
    summary: 'Store the contact of a user',
    description: 'Replaces the stored contact. It is used for new messages and for resends.',
  })
  @ApiOkResponse({ type: ContactResponse })
  @ApiProblems(400, 413, 415, 503)
  async put(@Param() { user_id }: ContactPath, @Body() dto: ContactDto): Promise<ContactResponse> {
    const { email, phone, channels } = dto;
    return toContactResponse(await this.saveContact.execute(user_id, { email, phone, channels }));
  }
}
