// Who may change people's addresses, as the organization says.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'

/**
 * From the widest rule to the narrowest: administrators, people by a link, and directories; directories alone; nobody but for an
 * administrator's word.
 */
export const emailChanges = ['verified', 'directory_only', 'never'] as const

export type EmailChange = (typeof emailChanges)[number]

export const emailChangeOf = prepared<{ organizationId: string }, { emailChange: EmailChange }>(
  (p) => sql`select email_change as "emailChange" from organizations where id = ${p.organizationId}`,
)
