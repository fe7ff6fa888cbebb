// The absence of one person: to plan, change or cancel; and what it is on their page.
import { type Context, Hono } from 'hono'
import { type Absence, getAbsenceRule, listAbsences } from '#access/people/absence/absences.ts'
import { cancelAbsence, changeAbsence, planAbsence } from '#access/people/absence/plan-absence.ts'
import { getListedUser } from '#access/people/list-users.ts'
import { previewDeactivation } from '#access/people/status/preview-deactivation.ts'
import type { Form } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Choice, Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import { type ConsoleEnv, frameOf } from '../../ui/env.ts'
import { emptyForm, endOfDay, filledForm, textOf } from '../../ui/forms.ts'
import { ConsolePage } from '../../ui/frame.tsx'
import { ButtonForm } from '../../ui/parts.tsx'
import { renderForm, submit } from '../../ui/submit.ts'
import { nameOf, userTrail } from '../parts/user-frame.tsx'
import { Consequences } from './deactivate-page.tsx'

/** What happens at the end, as a choice. */
export const returnOptions = [
  { value: 'propose', label: 'they are proposed for reactivation' },
  {
    value: 'return',
    label: 'they are reactivated without asking',
    hint: 'Unless somebody else has switched them off meanwhile.',
  },
] as const

/** @returns an app to be mounted at `/console/users` */
export function createAbsencePage(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/:id/absence', async (c) => {
    const [open] = await listAbsences(c.get('ctx'), { userId: c.req.param('id'), isOpen: true, limit: 1 })
    return show(c, open === undefined ? emptyForm : formOf(open))
  })
  pages.post('/:id/absence', (c) => {
    const [ctx, userId] = [c.get('ctx'), c.req.param('id')]
    return submit(c, { again: (state) => show(c, state) }, async (form) => {
      const wanted = wantedOf(form)
      const [open] = await listAbsences(ctx, { userId, isOpen: true, limit: 1 })
      if (open === undefined) await planAbsence(ctx, { userId, ...wanted })
      else if (open.status === 'planned') await changeAbsence(ctx, { absenceId: open.id, ...wanted })
      else await changeAbsence(ctx, { absenceId: open.id, ...wanted, from: undefined })
      return `/console/users/${userId}?done=saved`
    })
  })
  pages.post('/:id/absence/:absence/cancel', async (c) => {
    await cancelAbsence(c.get('ctx'), c.req.param('absence'))
    return c.redirect(`/console/users/${c.req.param('id')}?done=saved`, 303)
  })
  return pages
}

function wantedOf(form: Form) {
  const from = textOf(form, 'from')
  const atReturn = returnOptions.find(({ value }) => value === form['atReturn'])?.value ?? null
  const reason = form['reason'] ?? ''
  return {
    from: from === undefined ? null : `${from}T00:00:00.000Z`,
    until: endOfDay(form, 'until') ?? '',
    reason,
    atReturn,
  }
}

const formOf = ({ from, until, reason, atReturn }: Absence): FormState =>
  filledForm({ from: from.slice(0, 10), until: until.slice(0, 10), reason, atReturn: atReturn ?? 'organization' })

async function show(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const [frame, id] = [frameOf(c), c.req.param('id') ?? '']
  const [user, [open], rule] = await Promise.all([
    getListedUser(frame.ctx, id),
    listAbsences(frame.ctx, { userId: id, isOpen: true, limit: 1 }),
    getAbsenceRule(frame.ctx),
  ])
  const mayWrite = isPermitted(frame.ctx, 'users.write')
  const preview = mayWrite && user.status === 'active' ? await previewDeactivation(frame.ctx, id) : undefined
  const usual = returnOptions.find(({ value }) => value === rule.atReturn)?.label ?? ''
  const page = (
    <ConsolePage
      frame={frame}
      section="users"
      title={`Absence of ${nameOf(user)}`}
      lead="They are deactivated for a time: everything that is open is closed, and what they hold stays for their return."
      trail={userTrail(user)}
      actions={
        open !== undefined && mayWrite ? (
          <ButtonForm
            action={`/console/users/${id}/absence/${open.id}/cancel`}
            label={open.status === 'planned' ? 'Cancel the absence' : 'End the absence now'}
          />
        ) : null
      }
    >
      {preview === undefined ? null : <Consequences preview={preview} manager={frame.manager} />}
      {mayWrite ? (
        <PostForm action={`/console/users/${id}/absence`} state={state} class="panel">
          {open?.status === 'under_way' ? null : (
            <Field {...field(state, 'from')} label="From" type="date" hint="Empty: from now on." isOptional />
          )}
          <Field {...field(state, 'until')} label="Until the end of" type="date" />
          <Field {...field(state, 'reason')} label="Why" maxlength={1_000} />
          <Choice
            name="atReturn"
            legend="At the end"
            value={state.values['atReturn']}
            options={[{ value: 'organization', label: `as the organization says: ${usual}` }, ...returnOptions]}
          />
          <Buttons submit="Save the absence" back={`/console/users/${id}`} />
        </PostForm>
      ) : null}
    </ConsolePage>
  )
  return renderForm(c, state, page)
}

/** On somebody's page: that they are absent, or will be. */
export const AbsenceNotice = ({ absence }: { absence: Absence }) => (
  <Alert kind="info" title={absence.status === 'planned' ? 'An absence is planned' : 'They are absent'}>
    <Time at={absence.from} /> to <Time at={absence.until} />: {absence.reason}.{' '}
    <a href={`/console/users/${absence.user.id}/absence`}>Change or cancel it</a>
  </Alert>
)

/** Absences as a panel of one page reads them. */
export const statusOfAbsence = ({ status, outcome }: Absence): string => {
  const words: Record<NonNullable<Absence['outcome']>, string> = {
    returned: 'Returned',
    proposed: 'Over, to be reactivated by hand',
    ended_early: 'Back early',
    deactivated: 'Permanently deactivated in the meantime',
    not_active: 'Was not active',
    refused: 'Refused: the last administrator',
    missed: 'Over before it began',
  }
  if (outcome !== null) return words[outcome]
  return { planned: 'Planned', under_way: 'Absent', ended: 'Over', cancelled: 'Cancelled' }[status]
}
