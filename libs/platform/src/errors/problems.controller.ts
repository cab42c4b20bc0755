import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.decorators';
import { ApiGroup } from '../http/open-api';
import { IsPrintable } from '../http/field-decorators';
import { ServiceInfo } from '../service-info';
import { ApiProblems } from './api-problems.decorator';
import { DomainError } from './domain.error';
import { PLATFORM_PROBLEMS, type ProblemMeaning } from './problem-catalogue';
import { problemType } from './problem-details';

class ProblemPath {
  @ApiProperty({ description: 'The code, in upper or lower case', example: 'request.invalid' })
  @IsPrintable(1, 100)
  code!: string;
}

class ProblemResponse {
  @ApiProperty({ description: '`type` of such a problem: the path of this page', example: '/problems/request.invalid' })
  readonly type!: string;

  @ApiProperty({ description: 'Stable code for programs', example: 'REQUEST.INVALID' })
  readonly code!: string;

  @ApiProperty({ type: 'integer', description: 'HTTP status of the answer', example: 400 })
  readonly status!: number;

  @ApiProperty({ description: 'The code in words', example: PLATFORM_PROBLEMS['REQUEST.INVALID']?.title })
  readonly title!: string;

  @ApiProperty({ description: 'What has happened', example: PLATFORM_PROBLEMS['REQUEST.INVALID']?.meaning })
  readonly meaning!: string;

  @ApiProperty({ description: 'What to do about it', example: PLATFORM_PROBLEMS['REQUEST.INVALID']?.remedy })
  readonly remedy!: string;
}

class ProblemListResponse {
  @ApiProperty({ type: () => [ProblemResponse], description: 'All of them, by code' })
  readonly problems!: readonly ProblemResponse[];
}

/** Where the `type` of a problem leads: what its code means. */
@ApiGroup('problems', 'What the codes in error answers mean, and what to do about each.')
@Public()
@Controller('problems')
export class ProblemsController {
  private readonly known: ReadonlyMap<string, ProblemResponse>;

  constructor({ problems = {} }: ServiceInfo) {
    const all = Object.entries({ ...PLATFORM_PROBLEMS, ...problems }).toSorted(([a], [b]) => (a < b ? -1 : 1));
    this.known = new Map(all.map(([code, meaning]) => [code, shown(code, meaning)]));
  }

  @Get()
  @ApiOperation({ operationId: 'listProblems', summary: 'List the problems the service may answer with.' })
  @ApiOkResponse({ type: ProblemListResponse, description: 'All codes of the service.' })
  @ApiProblems(400)
  async list(@Res() reply: FastifyReply): Promise<void> {
    await sendReadable(reply, { problems: [...this.known.values()] });
  }

  @Get(':code')
  @ApiOperation({ operationId: 'getProblem', summary: 'Read what a problem means and what to do about it.' })
  @ApiOkResponse({ type: ProblemResponse, description: 'The meaning of the code.' })
  @ApiProblems(400, { status: 404, description: 'The service has no problem with this code.' })
  async show(@Param() { code }: ProblemPath, @Res() reply: FastifyReply): Promise<void> {
    const found = this.known.get(code.toUpperCase());
    if (found === undefined) {
      throw new DomainError({
        code: 'PROBLEM.NOT_FOUND',
        kind: 'not_found',
        message: 'No problem of this service has this code; GET /problems lists them.',
      });
    }
    await sendReadable(reply, found);
  }
}

function shown(code: string, { status, title, meaning, remedy }: ProblemMeaning): ProblemResponse {
  return { type: problemType(code), code, status, title, meaning, remedy };
}

/** Indented: it is read by people who followed a link. */
async function sendReadable(reply: FastifyReply, body: object): Promise<void> {
  await reply.type('application/json; charset=utf-8').send(`${JSON.stringify(body, null, 2)}\n`);
}
