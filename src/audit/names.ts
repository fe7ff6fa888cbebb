// What the ids of an audit row stand for, as they are called today.
import { type SQL, sql } from 'drizzle-orm'

/** For `audit_events a`: a column of the row with this id in a table of the organization's. */
const named = (table: string, column: SQL, id: SQL): SQL =>
  sql`(select ${column} from ${sql.identifier(table)} x where x.organization_id = a.organization_id and x.id = ${id})`

const ofUser = sql`coalesce(x.display_name, x.user_name)`
const ofName = sql`x.name`

export const actorName = sql`case a.actor_type
  when 'user' then ${named('users', ofUser, sql`a.actor_id`)}
  when 'api_key' then ${named('api_keys', ofName, sql`a.actor_id`)}
  when 'application' then ${named('applications', ofName, sql`a.actor_id`)}
  when 'directory' then ${named('directories', ofName, sql`a.actor_id`)}
  when 'platform_key' then (select k.name from platform_keys k where k.id = a.actor_id)
  when 'operator' then (select o.name from platform_operators o where o.user_id = a.actor_id)
  when 'support' then ${named('support_accesses', sql`x.operator_name`, sql`a.actor_id`)}
  when 'setup_link' then ${named('setup_links', sql`x.label`, sql`a.actor_id`)} end`

/** Of what has no name of its own, whom it is about. */
const ofPerson = named('users', ofUser, sql`a.detail ->> 'userId'`)

/** Whose a session is. */
const ofSession = sql`(select ${ofUser} from sessions s join users x on x.organization_id = s.organization_id
    and x.id = s.user_id where s.organization_id = a.organization_id and s.id = a.target_id)`

/** Events have a role by its key. */
const ofRole = sql`(select r.name from roles r where r.organization_id = a.organization_id and r.key = a.detail ->> 'role')`

export const targetName = sql`case a.target_type
  when 'user' then ${named('users', ofUser, sql`a.target_id`)}
  when 'group' then ${named('groups', sql`x.display_name`, sql`a.target_id`)}
  when 'role' then coalesce(${named('roles', ofName, sql`a.target_id`)}, a.detail ->> 'name')
  when 'brand' then coalesce(${named('brands', ofName, sql`a.target_id`)}, a.detail ->> 'name')
  when 'directory' then ${named('directories', ofName, sql`a.target_id`)}
  when 'api_key' then ${named('api_keys', ofName, sql`a.target_id`)}
  when 'platform_key' then (select k.name from platform_keys k where k.id = a.target_id)
  when 'connection' then ${named('connections', ofName, sql`a.target_id`)}
  when 'domain' then ${named('domains', ofName, sql`a.target_id`)}
  when 'application' then ${named('applications', ofName, sql`a.target_id`)}
  when 'team' then coalesce(${named('teams', ofName, sql`a.target_id`)}, a.detail ->> 'name')
  when 'invitation' then ${named('invitations', sql`x.email`, sql`a.target_id`)}
  when 'organization' then (select o.name from organizations o where o.id = a.target_id)
  when 'mapping' then coalesce(a.detail ->> 'group', a.detail ->> 'filter') || ' → ' || coalesce(${ofRole}, a.detail ->> 'role', '')
  when 'support_access' then ${named('support_accesses', sql`x.operator_name`, sql`a.target_id`)}
  when 'assignment' then ${ofPerson} when 'session' then coalesce(${ofPerson}, ${ofSession})
  else a.detail ->> 'name' end`
