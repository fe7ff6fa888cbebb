// The one address of a person: what others are told, and what they sign in by.
import { type SQL, sql } from 'drizzle-orm'

/**
 * For `users u`: the primary e-mail address, else the first one, else a userName that is one; null where there is none. The
 * userName of a guest of Entra (`…#EXT#@tenant`) is nobody's address.
 */
export const emailColumn = sql`coalesce(
  (select e.value ->> 'value' from jsonb_array_elements(
      case jsonb_typeof(u.attributes -> 'emails') when 'array' then u.attributes -> 'emails' else '[]' end)
    with ordinality e (value, at)
    where e.value ->> 'value' is not null order by (e.value ->> 'primary' = 'true') desc nulls last, e.at limit 1),
  case when u.user_name like '_%@_%._%' and u.user_name_key not like '%#ext#%' then u.user_name end)`

/**
 * For `users u`: whether they sign in by this folded text: it is their userName or their sign-in address. Further addresses may
 * be several people's, and never mean anybody.
 */
export const signsInBy = (key: SQL): SQL =>
  sql`(u.user_name_key = ${key} or (u.email_key = ${key} and u.address_yielded_to is null))`
