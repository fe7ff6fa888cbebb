// Who is at the pages of the platform: somebody who runs the installation, with what their role lets them do as it is now.
import { sql } from 'drizzle-orm'
import { prepared } from '#db/statement.ts'
import { type CallContext, type PlatformScope, platformId, type Services, servicesOf } from '#src/context.ts'
import { platformPermissions, platformScopes } from '../../ground/platform-rights.ts'
import { type BrowserSession, isProofFresh } from '../../sign-in/sessions/resolve-session.ts'
import type { OperatorRole } from './operators.ts'

const find = prepared<{ organizationId: string; userId: string }, { name: string; role: OperatorRole }>(
  (p) => sql`select name, role from operator_of(${p.organizationId}, ${p.userId})`,
)

const enter = prepared<{ organizationId: string; userId: string; tokenHash: string }, unknown>(
  (p) => sql`select enter_operator(${p.organizationId}, ${p.userId}, ${p.tokenHash}) as organization_id`,
)

const scopesOf: Record<OperatorRole, readonly PlatformScope[]> = {
  reader: ['organizations.read', 'applications.read', 'events.read'],
  administrator: [...platformScopes, 'operate'],
}

/** How long a proof counts above the organizations, in minutes. */
export const proofMinutes = 10

/** @returns undefined for whoever is no operator. @throws AppError unavailable */
export async function asOperator(
  services: Services,
  session: BrowserSession,
  requestId: string,
): Promise<{ ctx: CallContext; name: string; role: OperatorRole } | undefined> {
  const { organizationId, userId, tokenHash } = session
  const [found] = await services.database.read(find({ organizationId, userId }))
  if (found === undefined) return undefined
  const scopes = scopesOf[found.role]
  const ctx: CallContext = {
    ...{ ...servicesOf(services), organizationId: platformId, actor: { type: 'operator', id: userId } },
    permissions: platformPermissions(scopes),
    platform: { scopes: new Set(scopes), reach: 'all', organizationIds: [] },
    proof: isProofFresh(services, session, proofMinutes) ? 'fresh' : 'stale',
    ...{ entry: enter({ organizationId, userId, tokenHash }), requestId },
  }
  return { ctx, ...found }
}
