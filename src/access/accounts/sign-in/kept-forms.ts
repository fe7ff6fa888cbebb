// What somebody had typed when they were asked for a fresh proof: kept sealed for ten minutes, for this person alone, so that
// nothing has to be typed again. It is shown to them afterwards and sent by themselves; nothing happens by coming back.
import { issueToken } from '#platform/crypto.ts'
import type { CallContext } from '#src/context.ts'
import { ownUserId } from '../../ground/own-user-id.ts'
import { beginSignIn, findSignIn, openRequestSecret } from '../../sign-in/requests.ts'

export type KeptForm = {
  /** Where it was sent to. */
  path: string
  fields: Readonly<Record<string, string>>
}

/** @param ctx of the person. @returns what it is found by. @throws AppError unauthenticated, unavailable */
export async function keepForm(ctx: CallContext, { path, fields }: KeptForm): Promise<string> {
  const userId = ownUserId(ctx)
  const { plain: state } = issueToken(ctx.randomBytes)
  // Signing in anew may change the browser's cookies, so it is bound to the person.
  const bound = { purpose: 'step_up', userId, browser: userId, returnTo: path } as const
  await beginSignIn(ctx, { ...bound, state, secret: { fields } })
  return state
}

/** Undefined where it has run out, or was somebody else's. @throws AppError unauthenticated, unavailable */
export async function findKeptForm(ctx: CallContext, state: string): Promise<KeptForm | undefined> {
  const request = await findSignIn(ctx, state)
  if (request === undefined || request.isOver || request.purpose !== 'step_up') return undefined
  if (request.userId !== ownUserId(ctx)) return undefined
  const { fields } = openRequestSecret(ctx, request) as Pick<KeptForm, 'fields'>
  return { path: request.returnTo, fields }
}
