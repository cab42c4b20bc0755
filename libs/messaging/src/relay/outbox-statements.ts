import { MAX_BATCH_BYTES } from './batch-limit';

/* What the relay asks of PostgreSQL. */

/** Key, sequence, lengths and offsets of a record, generously. */
const RECORD_OVERHEAD_BYTES = 150;

const BYTES = `coalesce(octet_length(payload), 0) + octet_length(headers) + ${RECORD_OVERHEAD_BYTES} AS bytes`;

/*
 * The plan is kept and must not depend on statistics: an outbox is empty one moment and large the next. Rows that have been or
 * are being sent are left out by name, not by "position greater than", because a transaction that took its position early may
 * commit late. The reading part does not see what the deleting part deletes.
 */
export const DELETE_AND_READ = {
  name: 'delete and read',
  text: `
    WITH published AS (DELETE FROM outbox WHERE position = ANY ($2::bigint[]))
    SELECT position, aggregateid, type, payload, headers, sequence, encoding
    FROM (
      SELECT *, sum(bytes) OVER (ORDER BY position) AS bytes_so_far
      FROM (
        SELECT *, ${BYTES} FROM outbox
        WHERE position <> ALL ($2::bigint[] || $3::bigint[]) AND type <> ALL ($4::text[]) ORDER BY position LIMIT $1
      ) AS head
    ) AS measured
    WHERE bytes_so_far <= ${MAX_BATCH_BYTES} OR bytes_so_far = bytes
    ORDER BY position`,
};

/* What comes after a refused row with the same key in its topic waits behind it. */
export const DELETE_AND_READ_TOPIC = {
  name: 'delete and read topic',
  text: `
    WITH published AS (DELETE FROM outbox WHERE position = ANY ($2::bigint[]))
    SELECT position, aggregateid, type, payload, headers, sequence, encoding, bytes
    FROM (
      SELECT *, sum(bytes) OVER (ORDER BY position) AS bytes_so_far
      FROM (
        SELECT *, ${BYTES} FROM outbox o
        WHERE position <> ALL ($2::bigint[]) AND type = $3 AND refused_at IS NULL AND NOT EXISTS (
          SELECT FROM outbox r WHERE r.refused_at IS NOT NULL
            AND r.type = o.type AND r.aggregateid = o.aggregateid AND r.position < o.position)
        ORDER BY position LIMIT $1
      ) AS head
    ) AS measured
    WHERE bytes_so_far <= $4 OR bytes_so_far = bytes
    ORDER BY position`,
};

export const READ_REFUSED = {
  name: 'read refused',
  text: `
    SELECT position, aggregateid, type, payload, headers, sequence, encoding, ${BYTES}
    FROM outbox o WHERE refused_at IS NOT NULL AND type = $1 AND NOT EXISTS (
      SELECT FROM outbox r WHERE r.refused_at IS NOT NULL
        AND r.type = o.type AND r.aggregateid = o.aggregateid AND r.position < o.position)
    ORDER BY refused_at LIMIT $2`,
};

export const DELETE = { name: 'delete', text: 'DELETE FROM outbox WHERE position = ANY ($1::bigint[])' };

/* Bounded: nobody needs to know exactly how many there are of a million. */
export const COUNT = {
  name: 'count',
  text: 'SELECT count(*)::text AS position FROM (SELECT FROM outbox LIMIT 100000) AS o',
};

export const REFUSE = {
  name: 'refuse',
  text: 'UPDATE outbox SET refused_at = clock_timestamp(), refusal = $2 WHERE position = $1::bigint',
};

export const TOPICS_WITH_REFUSALS = {
  name: 'topics with refusals',
  text: 'SELECT DISTINCT type FROM outbox WHERE refused_at IS NOT NULL',
};
