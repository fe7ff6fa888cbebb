// One permission more, or one less, for one person: asked for here, and shown before it is made.
import { type Context, Hono } from 'hono'
import { listPermissions } from '#access/decisions/catalogue.ts'
import { getAccessMatrix } from '#access/people/access-matrix.ts'
import { getListedUser } from '#access/people/list-users.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Choice, Field } from '#http/ui/forms.tsx'
import { isPermitted } from '#src/context.ts'
import { showPreview } from '../../changes/changes.tsx'
import { type ConsoleEnv, frameOf } from '../../ui/env.ts'
import { emptyForm, endOfDay, textOf } from '../../ui/forms.ts'
import { ConsolePage } from '../../ui/frame.tsx'
import { Select, TextArea } from '../../ui/parts.tsx'
import { brandOfScope, organizationScope } from '../../ui/role-choices.ts'
import { renderForm, submit } from '../../ui/submit.ts'
import { nameOf, userTrail } from './user-frame.tsx'

/** @returns an app to be mounted at `/console/users` */
export function createOverridePage(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()
  pages.get('/:id/override', (c) => showForm(c, emptyForm))
  pages.post('/:id/override', (c) =>
    submit(c, { again: (state) => showForm(c, state) }, async (form) => {
      const user = await getListedUser(c.get('ctx'), c.req.param('id'))
      const permission = form['permission'] ?? ''
      const effect = form['effect'] === 'deny' ? ('deny' as const) : ('allow' as const)
      const override = {
        ...{ userId: user.id, permission, effect, brandId: brandOfScope(form['scope']) },
        ...{ reason: form['reason'] ?? '', sponsor: textOf(form, 'sponsor') },
        expiresAt: endOfDay(form, 'expiresAt') ?? '',
      }
      return showPreview(c, {
        section: 'users',
        title: `${nameOf(user)} ${effect === 'allow' ? 'may' : 'may not'} ${permission}`,
        change: { kind: 'create_overrides', overrides: [override] },
        ...{ next: `/console/users/${user.id}`, back: `/console/users/${user.id}/override` },
      })
    }),
  )
  return pages
}

async function showForm(c: Context<ConsoleEnv>, state: FormState): Promise<Response> {
  const frame = frameOf(c)
  const id = c.req.param('id') ?? ''
  const readable = { ...frame.ctx, permissions: 'all' as const }
  const [user, matrix, catalogue] = await Promise.all([
    getListedUser(frame.ctx, id),
    getAccessMatrix(frame.ctx, id),
    listPermissions(readable),
  ])
  const scopes = matrix.scopes
    .filter((scope) => isPermitted(frame.ctx, 'assignments.write', scope?.id))
    .map((scope) => ({
      value: scope?.id ?? organizationScope,
      label: scope?.name ?? `${frame.manager.organization.name} (the organization)`,
    }))
  const { values, errors } = state
  const page = (
    <ConsolePage
      frame={frame}
      section="users"
      title={`Override a permission of ${nameOf(user)}`}
      lead="One permission on top of their roles, or one taken from them, for a reason and until a date. Where several people need the same, a role is better."
      trail={userTrail(user)}
    >
      <PostForm action={`/console/users/${id}/override`} state={state} class="panel">
        <Choice
          name="effect"
          legend={`${nameOf(user)}`}
          value={values['effect'] ?? 'allow'}
          options={[
            { value: 'allow', label: 'may' },
            { value: 'deny', label: 'may not, whatever else allows it' },
          ]}
        />
        <div class="form-grid">
          <Select
            {...field(state, 'permission')}
            label="Permission"
            options={catalogue.map(({ name, description }) => ({ value: name, label: `${description} (${name})` }))}
          />
          <Select
            name="scope"
            label="Where"
            value={values['scope']}
            error={errors['brandId']}
            options={scopes}
            hint="Where they hold a role: an override comes on top of one."
          />
        </div>
        <TextArea
          {...field(state, 'reason')}
          label="Reason"
          hint="Whoever reviews it later reads this, and so does the person."
          maxlength={1_000}
          rows={2}
        />
        <div class="form-grid">
          <Field {...field(state, 'expiresAt')} label="Until" type="date" hint="To the end of that day, UTC." />
          <Field
            {...field(state, 'sponsor')}
            label="Sponsor"
            hint="Who vouches for it: an e-mail address or a user name."
            isOptional
          />
        </div>
        <Buttons submit="See what changes" back={`/console/users/${id}`} />
      </PostForm>
    </ConsolePage>
  )
  return renderForm(c, state, page)
}
