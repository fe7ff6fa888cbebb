// One person in one save: name and addresses where no directory manages them, roles and status; and a password from an
// administrator.
import { type Context, Hono } from 'hono'
import { findPolicy } from '#access/accounts/account/account.ts'
import { setUserPassword } from '#access/accounts/passwords/change-password.ts'
import { getAccessMatrix } from '#access/people/access-matrix.ts'
import { getListedUser, type ListedUser } from '#access/people/list-users.ts'
import { getEmailChange } from '#access/people/local.ts'
import { profileOf } from '#access/people/profile.ts'
import { renderPage } from '#http/pages.ts'
import { type Form, readForm } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Check, Field } from '#http/ui/forms.tsx'
import { isPermitted, requireFreshProof, requirePermission } from '#src/context.ts'
import { saveOrShow, showPreview } from '../changes/changes.tsx'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm, faultAt, filledForm, isRefused, refusedForm, textOf } from '../ui/forms.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Panel } from '../ui/parts.tsx'
import { brandOfScope, roleChoices } from '../ui/role-choices.ts'
import { submit } from '../ui/submit.ts'
import { EditForm } from './parts/edit-form.tsx'
import { nameOf, userTrail } from './parts/user-frame.tsx'
import { proofOf } from './status/deactivate-page.tsx'

/** @returns an app to be mounted at `/console/users` */
export function createEditPages(): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>()

  pages.get('/:id/edit', async (c) => {
    requirePermission(c.get('ctx'), 'users.write')
    requireFreshProof(c.get('ctx'))
    const user = await getListedUser(c.get('ctx'), c.req.param('id'))
    return showEdit(c, user, { profile: filledForm(profileOf(user)), password: emptyForm })
  })

  pages.post('/:id/edit', async (c) => {
    const [ctx, userId] = [c.get('ctx'), c.req.param('id')]
    const again = async (profile: FormState) =>
      showEdit(c, await getListedUser(ctx, userId), { profile, password: emptyForm })
    const user = await getListedUser(ctx, userId)
    return submit(c, { again }, async (form) => {
      const change = { kind: 'edit_user', userId, ...editOf(form, user) } as const
      const next = `/console/users/${userId}`
      const proposal = {
        section: 'users',
        title: `Change ${nameOf(user)}`,
        change,
        next,
        back: `${next}/edit`,
      } as const
      // Whoever is shut out is named first, whether or not they hold anything.
      if (change.status === 'inactive') return showPreview(c, { ...proposal, word: proofOf(user) })
      return saveOrShow(c, proposal)
    })
  })

  pages.post('/:id/password', async (c) => {
    const { password = '', repeat = '', mustChange } = await readForm(c)
    const [ctx, userId] = [c.get('ctx'), c.req.param('id')]
    const user = await getListedUser(ctx, userId)
    const profile = filledForm(profileOf(user))
    // What was typed here is not shown again.
    const refused = (thrown: unknown): Promise<Response> =>
      showEdit(c, user, { profile, password: refusedForm({ mustChange }, thrown) })
    if (password !== repeat) {
      const errors = { repeat: 'The two do not match' }
      return showEdit(c, user, { profile, password: { ...emptyForm, errors } })
    }
    try {
      await setUserPassword(ctx, { userId, password, mustChange: mustChange === 'on' })
      return c.redirect(`/console/users/${userId}?done=saved`, 303)
    } catch (error) {
      return refused(error)
    }
  })
  return pages
}

const profileFields = ['userName', 'displayName', 'givenName', 'familyName', 'email', 'title', 'department'] as const

/** What the form changes; fields that it shows and does not let change come back as they were. */
function editOf(form: Form, user: ListedUser) {
  const before = profileOf(user)
  const typed = profileFields.flatMap((name) => (form[name] === undefined ? [] : [[name, form[name]] as const]))
  const isChanged = typed.some(([name, value]) => value !== before[name])
  const moved = Object.keys(form)
    .filter((name) => name.startsWith('role.') && form[name] !== form[`was.${name.slice(5)}`])
    .map((name) => ({ brandId: brandOfScope(name.slice(5)), roleId: textOf(form, name) ?? null }))
  const [newBrand, newRole] = [textOf(form, 'newBrand'), textOf(form, 'newRole')]
  if ((newBrand === undefined) !== (newRole === undefined))
    throw faultAt(newBrand === undefined ? 'newBrand' : 'newRole', 'must be chosen, too')
  const joined = newBrand === undefined ? [] : [{ brandId: newBrand, roleId: newRole ?? null }]
  const { status } = form
  return {
    ...(isChanged ? { profile: Object.fromEntries(typed) } : {}),
    ...{ roles: [...moved, ...joined], reason: textOf(form, 'reason') },
    ...(status === form['was.status'] ? {} : ({ status: status === 'inactive' ? 'inactive' : 'active' } as const)),
  }
}

type States = { profile: FormState; password: FormState }

async function showEdit(c: Context<ConsoleEnv>, user: ListedUser, { profile, password }: States): Promise<Response> {
  const frame = frameOf(c)
  const [policy, emailChange, matrix, choices] = await Promise.all([
    findPolicy(frame.ctx),
    getEmailChange(frame.ctx),
    getAccessMatrix(frame.ctx, user.id),
    roleChoices(frame.ctx, 'assignments.write'),
  ])
  const page = (
    <ConsolePage
      frame={frame}
      section="users"
      title={`Edit ${nameOf(user)}`}
      trail={userTrail(user)}
      lead={
        user.directory === null
          ? 'No identity provider manages this person; what is known of them is changed here.'
          : undefined
      }
    >
      {user.directory === null ? null : (
        <Alert kind="info" title={`Managed by ${user.directory.name}`}>
          Name and addresses come from there, and are changed there. Roles can still be given here.
        </Alert>
      )}
      <EditForm
        {...{ ctx: frame.ctx, user, matrix, choices, state: profile }}
        hasFixedAddress={emailChange !== 'verified'}
        organization={frame.manager.organization.name}
      />
      {user.directory === null && isPermitted(frame.ctx, 'accounts.write') && user.status === 'active' ? (
        <PasswordForm user={user} state={password} minLength={policy?.passwordMinLength ?? 12} />
      ) : null}
    </ConsolePage>
  )
  return renderPage(c, page, { status: isRefused(profile) || isRefused(password) ? 400 : 200 })
}

type PasswordProps = { user: ListedUser; state: FormState; minLength: number }

const PasswordForm = ({ user, state, minLength }: PasswordProps) => (
  <Panel
    title="Set a password"
    lead="All of their sessions end. Better they choose their own: send them a link instead."
  >
    <PostForm action={`/console/users/${user.id}/password`} state={state}>
      <div class="form-grid">
        <Field
          {...field(state, 'password')}
          label="New password"
          type="password"
          autocomplete="new-password"
          hint={`At least ${minLength} characters.`}
        />
        <Field {...field(state, 'repeat')} label="The same again" type="password" autocomplete="new-password" />
      </div>
      <Check
        name="mustChange"
        label="They choose their own at the next sign-in"
        isChecked={Object.keys(state.values).length === 0 || state.values['mustChange'] === 'on'}
      />
      <Buttons submit="Set the password" kind="secondary" />
    </PostForm>
  </Panel>
)
