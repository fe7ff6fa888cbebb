// Writing a batch of the provisioning log: the events of one organization in one statement, and what they say of its directories.
import { sql } from 'drizzle-orm'
import { prepared, type Statement } from '#db/statement.ts'
import type { Row } from './entry.ts'
import { shownText } from './redact.ts'

const insertEvents = prepared<{ organizationId: string; events: string }, never>(
  (p) => sql`insert into provisioning_events (organization_id, id, directory_id, occurred_at, method, path, status,
      duration_millis, request, response, quirks, target_id, user_agent, request_id)
    select ${p.organizationId}, e.id, e.directory_id, e.occurred_at, e.method, e.path, e.status, e.duration_millis,
      e.request::jsonb, e.response::jsonb, e.quirks, e.target_id, e.user_agent, e.request_id
    from json_to_recordset(${p.events}::json) as e (id text, directory_id text, occurred_at timestamptz, method text,
      path text, status int, duration_millis int, request text, response text, quirks jsonb, target_id text,
      user_agent text, request_id text)`,
)

/** The entry of these transactions: what a crash may take is what has not been written either, so no disk is waited for. */
export const enterLog = prepared<{ organizationId: string }, unknown>(
  (p) => sql`select set_config('rolecall.organization_id', ${p.organizationId}, true),
    set_config('synchronous_commit', 'off', true)`,
)

/** A directory that is gone by now is passed over. In one order, so that nodes do not wait for each other in a circle. */
const upsertActivity = prepared<{ organizationId: string; activity: string }, never>(
  (p) => sql`insert into directory_activity as a (organization_id, directory_id, first_request_at, last_request_at,
      last_change_at, last_error_at, last_error, user_agent)
    select d.organization_id, d.id, n.first_at, n.last_at, n.change_at, n.error_at, n.error, n.user_agent
    from json_to_recordset(${p.activity}::json) as n (directory_id text, first_at timestamptz, last_at timestamptz,
      change_at timestamptz, error_at timestamptz, error text, user_agent text)
    join directories d on d.organization_id = ${p.organizationId} and d.id = n.directory_id
    order by d.id
    on conflict (organization_id, directory_id) do update set
      first_request_at = least(a.first_request_at, excluded.first_request_at),
      last_request_at = greatest(a.last_request_at, excluded.last_request_at),
      last_change_at = greatest(a.last_change_at, excluded.last_change_at),
      last_error = case when excluded.last_error_at >= coalesce(a.last_error_at, excluded.last_error_at)
        then excluded.last_error else a.last_error end,
      last_error_at = greatest(a.last_error_at, excluded.last_error_at),
      user_agent = coalesce(excluded.user_agent, a.user_agent)`,
)

/** @param rows of one organization, the oldest first */
export function eventStatements(organizationId: string, rows: readonly Row[]): Statement<never>[] {
  return [
    insertEvents({ organizationId, events: JSON.stringify(rows) }),
    upsertActivity({ organizationId, activity: JSON.stringify(activityOf(rows)) }),
  ]
}

/** True for what changed something: a search by POST did not. */
const isChange = ({ method, status, path }: Row): boolean =>
  method !== 'GET' && method !== 'HEAD' && status < 300 && !/\/\.search\/?(\?|$)/.test(path)

type Activity = Record<
  'directory_id' | 'first_at' | 'last_at' | 'change_at' | 'error_at' | 'error' | 'user_agent',
  string | null
>

function activityOf(rows: readonly Row[]): Activity[] {
  const byDirectory = new Map<string, Activity>()
  for (const row of rows) {
    const { directory_id, occurred_at: at, user_agent } = row
    const before = byDirectory.get(directory_id)
    const isError = row.status >= 400
    byDirectory.set(directory_id, {
      directory_id,
      first_at: before?.first_at ?? at,
      last_at: at,
      change_at: isChange(row) ? at : (before?.change_at ?? null),
      error_at: isError ? at : (before?.error_at ?? null),
      error: isError ? errorOf(row) : (before?.error ?? null),
      user_agent: user_agent ?? before?.user_agent ?? null,
    })
  }
  return [...byDirectory.values()]
}

/** What was answered, as one line. */
function errorOf({ status, response }: Row): string {
  try {
    const { scimType, detail } = JSON.parse(response ?? '') as Record<string, unknown>
    const parts = [String(status), scimType, detail].filter((part) => typeof part === 'string')
    return shownText(parts.join(' '), 500) ?? ''
  } catch {
    return String(status)
  }
}
