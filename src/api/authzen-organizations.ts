// In which organization a question is decided: that of the key, the one that a platform key names, or else that of whom it is about.
import type { Context } from 'hono'
import { type AccessQuestion, decide } from '#access/decisions/effective-access.ts'
import { type Decision, unknown } from '#access/decisions/evaluate.ts'
import { organizationsOfUsers } from '#access/platform/keys/organizations-of-users.ts'
import { type CallContext, platformId } from '#src/context.ts'
import type { ApiEnv } from './contract/env.ts'
import { organizationWanted } from './contract/guard.ts'

/** @param userId undefined for a question that is about nobody. @returns undefined where nobody has the id. @throws AppError invalid */
export async function contextAbout(c: Context<ApiEnv>, userId: string | undefined): Promise<CallContext | undefined> {
  const ctx = c.get('ctx')
  if (ctx.organizationId !== platformId) return ctx
  if (userId === undefined) throw organizationWanted()
  const organizationId = (await organizationsOfUsers(ctx, [userId])).get(userId)
  return organizationId === undefined ? undefined : c.get('contextIn')?.(organizationId)
}

/** In the order of the questions; those about people of one organization are decided on one state of the database. */
export async function decideAnywhere(c: Context<ApiEnv>, questions: readonly AccessQuestion[]): Promise<Decision[]> {
  const ctx = c.get('ctx')
  if (ctx.organizationId !== platformId) return decide(ctx, questions)
  const organizations = await organizationsOfUsers(
    ctx,
    questions.map(({ user }) => user),
  )
  const decided = new Map<AccessQuestion, Decision>()
  for (const organizationId of new Set(organizations.values())) {
    const inside = c.get('contextIn')?.(organizationId)
    const own = questions.filter(({ user }) => organizations.get(user) === organizationId)
    const decisions = inside === undefined ? [] : await decide(inside, own)
    for (const [index, question] of own.entries()) decided.set(question, decisions[index] ?? unknown('user'))
  }
  return questions.map((question) => decided.get(question) ?? unknown('user'))
}
