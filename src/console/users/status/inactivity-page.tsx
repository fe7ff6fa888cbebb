// How the rule on inactivity stands to one person: an exception to make or end, and what they were told.
import { type Context, Hono } from 'hono'
import {
  endInactivityException,
  exceptFromInactivity,
  getInactivityStanding,
  type InactivityStanding,
} from '#access/people/inactivity/exceptions.ts'
import { getListedUser } from '#access/people/list-users.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Field } from '#http/ui/forms.tsx'
import { Time } from '#http/ui/time.tsx'
import { isPermitted } from '#src/context.ts'
import { type ConsoleEnv, frameOf } from '../../ui/env.ts'
import { emptyForm, endOfDay } from '../../ui/forms.ts'
import { ConsolePage } from '../../ui/frame.tsx'
import { ButtonForm, Panel } from '../../ui/parts.tsx'
import { renderForm, submit } from '../../ui/submit.ts'
import { nameOf, userTrail } from '../parts/user-frame.tsx'

/** @returns an app to be mounted at `/console/users` */
export function createInactivityPage(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/:id/inactivity', (c) => show(c, emptyForm))
  pages.post('/:id/inactivity', (c) => {
    const userId = c.req.param('id')
    return submit(c, { again: (state) => show(c, state) }, async (form) => {
      const until = endOfDay(form, 'until') ?? null
      await exceptFromInactivity(c.get('ctx'), { userId, reason: form['reason'] ?? '', until })
      return `/console/users/${userId}/inactivity?done=saved`
    })
  })
  pages.post('/:id/inactivity/end', async (c) => {
    await endInactivityException(c.get('ctx'), c.req.param('id'))
    return c.redirect(`/console/users/${c.req.param('id')}/inactivity?done=ended`, 303)
  })
  return pages
}

async function show(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const [frame, id] = [frameOf(c), c.req.param('id') ?? '']
  const [user, standing] = await Promise.all([getListedUser(frame.ctx, id), getInactivityStanding(frame.ctx, id)])
  const { exception } = standing
  const mayWrite = isPermitted(frame.ctx, 'users.write')
  const page = (
    <ConsolePage
      frame={frame}
      section="users"
      title={`Inactivity of ${nameOf(user)}`}
      lead={
        <>
          Last activity: <Time at={user.lastActiveAt} empty="never" />. What the rule says stands under{' '}
          <a href="/console/settings/inactivity">Settings</a>.
        </>
      }
      trail={userTrail(user)}
    >
      <Warned {...standing} />
      {exception === null ? null : (
        <Panel title="The rule leaves them alone">
          <p>
            {exception.reason}. <Time at={exception.until} empty="Without an end" />
            {exception.counts ? '.' : ': it has ended and no longer counts.'}
          </p>
          {mayWrite ? <ButtonForm action={`/console/users/${id}/inactivity/end`} label="End the exception" /> : null}
        </Panel>
      )}
      {mayWrite ? (
        <PostForm action={`/console/users/${id}/inactivity`} state={state}>
          <Panel title={exception === null ? 'Leave them alone' : 'Change the exception'}>
            <Field {...field(state, 'reason')} label="Why" maxlength={1_000} />
            <Field {...field(state, 'until')} label="Until" type="date" hint="Empty: without an end." isOptional />
          </Panel>
          <Buttons submit="Save the exception" back={`/console/users/${id}`} />
        </PostForm>
      ) : null}
    </ConsolePage>
  )
  return renderForm(c, state, page)
}

const Warned = ({ warning }: InactivityStanding) =>
  warning === null ? null : (
    <Alert kind="warning" title="They are to be deactivated">
      {warning.isMailed ? 'They were warned by mail on' : 'They have no address, so nobody told them; noted on'}{' '}
      <Time at={warning.warnedAt} />: they are deactivated on <Time at={warning.deactivatesAt} />, unless they are here
      before.
    </Alert>
  )

/** On somebody's page: whether the rule leaves them alone, or has warned them. */
export const InactivityNotice = ({ standing }: { standing: InactivityStanding }) => {
  const { exception } = standing
  return (
    <>
      <Warned {...standing} />
      {exception?.counts === true ? (
        <Alert kind="info" title="The rule on inactivity leaves them alone">
          {exception.reason}
          {exception.until === null ? null : (
            <>
              , until <Time at={exception.until} />
            </>
          )}
          .
        </Alert>
      ) : null}
    </>
  )
}
