// The audit row of what somebody did to their own ways of signing in.
import type { AuditAction } from '#audit/actions.ts'
import { recordAudit } from '#audit/record.ts'
import type { Statement } from '#db/statement.ts'
import type { CallContext } from '#src/context.ts'

export const ownChange = (
  ctx: CallContext,
  userId: string,
  action: AuditAction,
  detail: Record<string, unknown> = {},
): Statement<never> => recordAudit(ctx, { action, targetType: 'user', targetId: userId, detail })
