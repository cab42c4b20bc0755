import {
  type FailedMessageJobEntity,
  type FailedMessageStatus,
  lockedAmong,
  MessagingOptions,
  type UnitOfWork,
} from '@app/messaging';
import { Clock, Ids } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { tooManyJobs, type DeskJobKind } from './desk-rules';
import { sqlCondition, type FailedMessageFilter } from './failed-message-filter';

/** What somebody wants done with every message that matches a filter. */
export interface NewDeskJob {
  readonly kind: DeskJobKind;
  readonly actor: string;
  readonly reason: string | null;
  readonly filter: FailedMessageFilter;
  /** The filter as it was asked for, to be shown. */
  readonly shownFilter: Readonly<Record<string, unknown>>;
  readonly max: number;
  readonly takes: readonly FailedMessageStatus[];
}

/** A job and how far it has come. */
export type ShownDeskJob = Readonly<Omit<FailedMessageJobEntity, 'consumer_group' | Figure>> &
  Readonly<Record<Figure, number>> & { readonly updated_at: Date };

/** The next messages of a job, and the job they belong to. */
export interface DeskJobBatch {
  readonly job: Pick<ShownDeskJob, 'id' | 'kind' | 'actor' | 'reason'> & { readonly named: FailedMessageStatus | null };
  readonly ids: readonly string[];
}

const LOCKED_MESSAGES = lockedAmong('failed_messages', 'id');

/** Jobs that may run at a time: the figures of each are counted for every look at it. */
export const MOST_RUNNING = 10;
/** A job whose messages cannot be tried, because they wait for others, does not keep people from helping for longer than this. */
const STANDS_IN_THE_WAY_MS = 10 * 60_000;

const FIGURES = ['total', 'released', 'resolved', 'failed_again', 'skipped'] as const;
type Figure = (typeof FIGURES)[number];

/** The figures of a job, from its items, each of which changes with its message: they cannot be wrong after a crash. */
const COUNTED = `
  SELECT count(*)::int AS total, max(updated_at) AS updated_at,
    count(*) FILTER (WHERE outcome IN ('released', 'resolved', 'failed_again'))::int AS released,
    count(*) FILTER (WHERE outcome = 'resolved')::int AS resolved,
    count(*) FILTER (WHERE outcome = 'failed_again')::int AS failed_again,
    count(*) FILTER (WHERE outcome = 'skipped')::int AS skipped
  FROM failed_message_job_items`;

/**
 * The figures of a job that is done change no more, and stand beside it. They are counted while it runs, and of one that was ended during
 * an upgrade by a replica of the version before, which stores none.
 */
const SHOWN = `
  SELECT j.id, j.kind, j.status, j.actor, j.reason, j.filter, j.max, j.created_at, j.finished_at,
    ${FIGURES.map((figure) => `coalesce(j.${figure}, i.${figure}) AS ${figure}`).join(', ')},
    coalesce(j.finished_at, i.updated_at, j.created_at) AS updated_at
  FROM failed_message_jobs j, LATERAL (${COUNTED} WHERE j.total IS NULL AND job_id = j.id) AS i
  WHERE j.consumer_group = $1`;

/** Stores jobs and hands out their work, a batch at a time, to whichever replica asks. */
@Injectable()
export class DeskJobRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly options: MessagingOptions,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /**
   * Fixes now which messages the job is about: one that fails again is not taken a second time.
   * @throws DomainError `FAILED_MESSAGE_JOB.TOO_MANY` when {@link MOST_RUNNING} run already that are younger than ten minutes.
   */
  async create(unitOfWork: UnitOfWork, job: NewDeskJob): Promise<string> {
    const id = this.ids.next();
    const now = this.clock.now();
    const running = await unitOfWork.query(
      `SELECT 1 FROM failed_message_jobs WHERE consumer_group = $1 AND status = 'running' AND created_at > $2
       LIMIT ${MOST_RUNNING}`,
      [this.options.service, new Date(now.getTime() - STANDS_IN_THE_WAY_MS)],
    );
    if (running.length === MOST_RUNNING) throw tooManyJobs(MOST_RUNNING);
    await unitOfWork.query(
      `INSERT INTO failed_message_jobs (id, consumer_group, kind, actor, reason, filter, max, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        ...[id, this.options.service, job.kind, job.actor, job.reason],
        ...[JSON.stringify(job.shownFilter), job.max, now],
      ],
    );
    await this.addItems(unitOfWork, id, job, { outcome: 'pending', statuses: job.takes, limit: job.max });
    if (job.kind === 'retry')
      await this.addItems(unitOfWork, id, job, { outcome: 'skipped', statuses: ['quarantined'], limit: job.max });
    return id;
  }

  async find(id: string): Promise<ShownDeskJob | undefined> {
    const [job] = await this.dataSource.query<ShownDeskJob[]>(`${SHOWN} AND j.id = $2`, [this.options.service, id]);
    return job;
  }

  /** Newest first. */
  async list(limit: number): Promise<ShownDeskJob[]> {
    return this.dataSource.query(
      `${SHOWN} AND j.id = ANY (ARRAY(SELECT id FROM failed_message_jobs WHERE consumer_group = $1
         ORDER BY created_at DESC, id DESC LIMIT $2)) ORDER BY j.created_at DESC, j.id DESC`,
      [this.options.service, limit],
    );
  }

  /** Whether there is a job that has not come to an end. */
  async areUnderWay(unitOfWork: UnitOfWork): Promise<boolean> {
    const rows = await unitOfWork.query(
      `SELECT 1 FROM failed_message_jobs WHERE consumer_group = $1 AND status = 'running' LIMIT 1`,
      [this.options.service],
    );
    return rows.length > 0;
  }

  /**
   * Locks the oldest job that still has something to do, and gives its next messages, without those that somebody else has locked;
   * another replica takes another job.
   * @param passedOver jobs that are not meant.
   */
  async nextBatch(
    unitOfWork: UnitOfWork,
    limit: number,
    passedOver: readonly string[],
  ): Promise<DeskJobBatch | undefined> {
    const [job] = await unitOfWork.query<DeskJobBatch['job']>(
      `SELECT id, kind, actor, reason, filter ->> 'status' AS named FROM failed_message_jobs j
       WHERE consumer_group = $1 AND status = 'running' AND id <> ALL ($2::uuid[]) AND EXISTS (
         SELECT 1 FROM failed_message_job_items WHERE job_id = j.id AND outcome = 'pending')
       ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
      [this.options.service, passedOver],
    );
    if (job === undefined) return undefined;
    const items = await unitOfWork.query<{ id: string }>(
      `SELECT failed_message_id AS id FROM failed_message_job_items WHERE job_id = $1 AND outcome = 'pending'
       ORDER BY position LIMIT $2`,
      [job.id, limit],
    );
    const ids = items.map(({ id }) => id);
    const locked = await unitOfWork.query<{ key: string }>(LOCKED_MESSAGES, [ids]);
    const lockedIds = new Set(locked.map(({ key }) => key));
    return { job, ids: ids.filter((id) => !lockedIds.has(id)) };
  }

  /** Records what became of a batch: those that were taken, and the others, which somebody had dealt with. */
  async settle(unitOfWork: UnitOfWork, batch: DeskJobBatch, taken: readonly string[]): Promise<void> {
    await unitOfWork.query(
      `UPDATE failed_message_job_items
       SET outcome = CASE WHEN failed_message_id = ANY ($3::uuid[]) THEN $4 ELSE 'skipped' END, updated_at = $5
       WHERE job_id = $1 AND failed_message_id = ANY ($2::uuid[]) AND outcome = 'pending'`,
      [batch.job.id, batch.ids, taken, batch.job.kind === 'retry' ? 'released' : 'resolved', this.clock.now()],
    );
  }

  /** Ends the jobs all of whose messages have come to an end. */
  async finish(unitOfWork: UnitOfWork): Promise<void> {
    await unitOfWork.query(
      `WITH ended AS (
         SELECT id FROM failed_message_jobs c WHERE consumer_group = $1 AND status = 'running' AND NOT EXISTS (
           SELECT 1 FROM failed_message_job_items WHERE job_id = c.id AND outcome IN ('pending', 'released'))
         ORDER BY id FOR UPDATE SKIP LOCKED)
       UPDATE failed_message_jobs j
       SET status = 'done', finished_at = $2, ${FIGURES.map((figure) => `${figure} = i.${figure}`).join(', ')}
       FROM ended, LATERAL (${COUNTED} WHERE job_id = ended.id) AS i WHERE j.id = ended.id`,
      [this.options.service, this.clock.now()],
    );
  }

  /** Forgets jobs that were finished before a time, one at a time: each may have many items. @returns whether there may be more. */
  async prune(unitOfWork: UnitOfWork, before: Date): Promise<boolean> {
    const rows = await unitOfWork.query(
      `DELETE FROM failed_message_jobs WHERE id = ANY (ARRAY(
         SELECT id FROM failed_message_jobs WHERE status = 'done' AND finished_at < $1 LIMIT 1 FOR UPDATE SKIP LOCKED))
       RETURNING 1`,
      [before],
    );
    return rows.length > 0;
  }

  /** Oldest first: what came first is tried first. */
  private async addItems(
    unitOfWork: UnitOfWork,
    id: string,
    job: NewDeskJob,
    items: { outcome: 'pending' | 'skipped'; statuses: readonly FailedMessageStatus[]; limit: number },
  ): Promise<void> {
    const values: unknown[] = [id, items.outcome, this.clock.now(), items.statuses, items.limit];
    const condition = sqlCondition(this.options.service, job.filter, values);
    await unitOfWork.query(
      `INSERT INTO failed_message_job_items (job_id, failed_message_id, position, outcome, updated_at)
       SELECT $1, id, position, $2, $3 FROM failed_messages
       WHERE ${condition} AND status = ANY ($4::text[]) ORDER BY position LIMIT $5`,
      values,
    );
  }
}
