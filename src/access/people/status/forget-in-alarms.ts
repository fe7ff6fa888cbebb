// Alarms and drafts tell of people by name, for administrators and in mails. Of whoever is erased the id alone stays.
import { sql } from 'drizzle-orm'
import { prepared, type Statement } from '#db/statement.ts'

type Key = { organizationId: string; userId: string }

/** What an alarm says of whom it is about; of `detail` in alarms.ts. */
const said = sql`'{displayName,email,subject,words,refused,proposed,reason}'::text[]`

const inAlarmsAboutThem = prepared<Key, never>(
  (
    p,
  ) => sql`update alarms a set detail = (a.detail - ${said}) || jsonb_build_object('userName', 'erased-' || ${p.userId}::text)
    where a.organization_id = ${p.organizationId} and a.detail ->> 'userId' = ${p.userId}`,
)

const asSponsor = prepared<Key, never>(
  (p) => sql`update alarms a set detail = a.detail || jsonb_build_object('sponsor', 'erased-' || ${p.userId}::text)
    where a.organization_id = ${p.organizationId} and fold(btrim(a.detail ->> 'sponsor')) in (
      select fold(u.id) from users u where u.organization_id = ${p.organizationId} and u.id = ${p.userId}
      union all select u.user_name_key from users u where u.organization_id = ${p.organizationId} and u.id = ${p.userId}
      union all select e.value_key from user_emails e where e.organization_id = ${p.organizationId} and e.user_id = ${p.userId})`,
)

const amongAccounts = prepared<Key, never>(
  (p) => sql`update alarms a set detail = jsonb_set(a.detail, '{accounts}', (
      select jsonb_agg(case when x.name = u.user_name then 'erased-' || u.id else x.name end)
      from jsonb_array_elements_text(a.detail -> 'accounts') x (name)))
    from users u where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and a.organization_id = u.organization_id
      and a.detail -> 'accounts' ? u.user_name`,
)

const why = sql`'It was about somebody who is erased by now'`

/** What refused a draft named them. */
const inFaults = prepared<Key, never>(
  (p) => sql`with names as (
      select name from users u cross join lateral (values (u.user_name), (u.display_name)) n (name)
      where u.organization_id = ${p.organizationId} and u.id = ${p.userId} and n.name is not null),
    told as (update alarms a set detail = a.detail || jsonb_build_object('reason', ${why}::text)
      where a.organization_id = ${p.organizationId} and a.kind = 'draft_stalled'
        and exists (select from names where strpos(a.detail ->> 'reason', name) > 0))
    update change_drafts d set fault = ${why} where d.organization_id = ${p.organizationId}
      and exists (select from names where strpos(d.fault, name) > 0)`,
)

/** While their names are still known. */
export const forgetInAlarms = (key: Key): Statement<never>[] => [
  inAlarmsAboutThem(key),
  asSponsor(key),
  amongAccounts(key),
  inFaults(key),
]
