// Switching one person off, and on again: first what it does, then a name to type or a choice to make.
import { Hono } from 'hono'
import { getListedUser } from '#access/people/list-users.ts'
import { deactivateUser } from '#access/people/status/deactivate-user.ts'
import { deletePerson } from '#access/people/status/delete-person.ts'
import { reactivateUser } from '#access/people/status/reactivate-user.ts'
import type { ConsoleEnv } from '../../ui/env.ts'
import { chosen, emptyForm, endOfDay, textOf } from '../../ui/forms.ts'
import { submit } from '../../ui/submit.ts'
import { handOverByKind } from '../../ui/work.tsx'
import { proofOf, showLeaving } from './deactivate-page.tsx'
import { showReactivate } from './reactivate-page.tsx'

/** @returns an app to be mounted at `/console/users` */
export function createStatusPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/:id/deactivate', (c) => showLeaving(c, emptyForm, 'deactivate'))

  pages.post('/:id/deactivate', async (c) => {
    const [ctx, userId] = [c.get('ctx'), c.req.param('id')]
    const word = proofOf(await getListedUser(ctx, userId))
    return submit(c, { again: (state) => showLeaving(c, state, 'deactivate'), word }, async (form) => {
      const returnsAt = endOfDay(form, 'returnsAt')
      const wanted = { note: textOf(form, 'note'), returnsAt, handOver: handOverByKind(form) }
      await deactivateUser(ctx, { userId, ...wanted })
      return `/console/users/${userId}?done=deactivated`
    })
  })

  pages.get('/:id/delete', (c) => showLeaving(c, emptyForm, 'delete'))

  pages.post('/:id/delete', async (c) => {
    const [ctx, userId] = [c.get('ctx'), c.req.param('id')]
    const word = proofOf(await getListedUser(ctx, userId))
    return submit(c, { again: (state) => showLeaving(c, state, 'delete'), word }, async (form) => {
      await deletePerson(ctx, { userId, note: textOf(form, 'note'), handOver: handOverByKind(form) })
      return '/console/deleted-people?done=deleted'
    })
  })

  pages.get('/:id/reactivate', (c) => showReactivate(c, emptyForm))

  pages.post('/:id/reactivate', async (c) => {
    const userId = c.req.param('id')
    return submit(c, { again: (state) => showReactivate(c, state) }, async (form) => {
      await reactivateUser(c.get('ctx'), {
        userId,
        restore: restoreOf(form),
        mustChangePassword: form['mustChange'] === 'on',
        takeBack: form['takeBack'] === 'on',
      })
      return `/console/users/${userId}?done=reactivated`
    })
  })
  return pages
}

type Values = Readonly<Record<string, string | undefined>>

function restoreOf(form: Values): 'all' | 'none' | string[] {
  if (form['restore'] === 'none') return 'none'
  return form['restore'] === 'some' ? chosen(form, 'assignment') : 'all'
}
