// Switching one person off, and on again: first what it does, then a name to type or a choice to make.
import { Hono } from 'hono'
import { getListedUser } from '#access/people/list-users.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { reactivateUser } from '#access/people/status/reactivate-user.ts'
import { readForm } from '#http/read-form.ts'
import { typedState } from '../../ui/confirm.tsx'
import type { ConsoleEnv } from '../../ui/env.ts'
import { chosen, emptyForm, endOfDay, isRefused, refusedForm, textOf } from '../../ui/forms.ts'
import { proofOf, showDeactivate } from './deactivate-page.tsx'
import { showReactivate } from './reactivate-page.tsx'

/** @returns an app to be mounted at `/console/users` */
export function createStatusPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/:id/deactivate', (c) => showDeactivate(c, emptyForm))

  pages.post('/:id/deactivate', async (c) => {
    const form = await readForm(c)
    const [ctx, userId] = [c.get('ctx'), c.req.param('id')]
    const user = await getListedUser(ctx, userId)
    const state = typedState(form, proofOf(user))
    if (isRefused(state)) return showDeactivate(c, state)
    try {
      const returnsAt = endOfDay(form, 'returnsAt')
      await deactivateUser(ctx, { userId, note: textOf(form, 'note'), returnsAt })
      return c.redirect(`/console/users/${userId}?done=deactivated`, 303)
    } catch (error) {
      return showDeactivate(c, refusedForm(form, error))
    }
  })

  pages.get('/:id/reactivate', (c) => showReactivate(c, emptyForm))

  pages.post('/:id/reactivate', async (c) => {
    const form = await readForm(c)
    const userId = c.req.param('id')
    try {
      await reactivateUser(c.get('ctx'), {
        userId,
        restore: restoreOf(form),
        mustChangePassword: form['mustChange'] === 'on',
      })
      return c.redirect(`/console/users/${userId}?done=reactivated`, 303)
    } catch (error) {
      return showReactivate(c, refusedForm(form, error))
    }
  })
  return pages
}

type Values = Readonly<Record<string, string | undefined>>

function restoreOf(form: Values): 'all' | 'none' | string[] {
  if (form['restore'] === 'none') return 'none'
  return form['restore'] === 'some' ? chosen(form, 'assignment') : 'all'
}
