// What is known of one person: name and addresses where no directory manages them, and a password from an administrator.

import { type Context, Hono } from 'hono'
import { findPolicy } from '#access/accounts/account/account.ts'
import { setUserPassword } from '#access/accounts/passwords/change-password.ts'
import { getListedUser, type ListedUser } from '#access/people/list-users.ts'
import { updateLocalUser } from '#access/people/local.ts'
import { changedProfile, profileOf } from '#access/people/profile.ts'
import { contentOf } from '#directory/user-content.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { Check, Field } from '#http/ui/forms.tsx'
import { isPermitted, requireFreshProof, requirePermission } from '#src/context.ts'
import type { ConsoleEnv } from '../ui/env.ts'
import { emptyForm, type FormState, filledForm, isRefused, refusedForm } from '../ui/forms.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Panel } from '../ui/parts.tsx'
import { nameOf, userTrail } from './parts/user-frame.tsx'

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
    const form = await readForm(c)
    const userId = c.req.param('id')
    try {
      await updateLocalUser(c.get('ctx'), { userId, change: (current) => changedProfile(contentOf(current), form) })
      return c.redirect(`/console/users/${userId}?done=saved`, 303)
    } catch (error) {
      const user = await getListedUser(c.get('ctx'), userId)
      return showEdit(c, user, { profile: refusedForm(form, error), password: emptyForm })
    }
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

type States = { profile: FormState; password: FormState }

async function showEdit(c: Context<ConsoleEnv>, user: ListedUser, { profile, password }: States): Promise<Response> {
  const [ctx, manager] = [c.get('ctx'), c.get('manager')]
  const policy = await findPolicy(ctx)
  const page = (
    <ConsolePage
      {...{ ctx, manager }}
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
          Name, addresses and status come from there, and are changed there. Roles can be given here all the same.
        </Alert>
      )}
      <ProfileForm user={user} state={profile} />
      {user.directory === null && isPermitted(ctx, 'accounts.write') && user.status === 'active' ? (
        <PasswordForm user={user} state={password} minLength={policy?.passwordMinLength ?? 12} />
      ) : null}
    </ConsolePage>
  )
  return renderPage(c, page, { status: isRefused(profile) || isRefused(password) ? 400 : 200 })
}

const ProfileForm = ({ user, state: { values, errors, message } }: { user: ListedUser; state: FormState }) => {
  const isReadOnly = user.directory !== null
  return (
    <form method="post" action={`/console/users/${user.id}/edit`} class="panel">
      {message === undefined ? null : <Alert kind="danger" title={message} />}
      <Field
        name="displayName"
        label="Name"
        value={values['displayName']}
        error={errors['displayName']}
        hint="As others see it."
        {...{ isReadOnly }}
        isOptional
      />
      <div class="form-grid">
        <Field
          name="givenName"
          label="First name"
          value={values['givenName']}
          error={errors['givenName']}
          {...{ isReadOnly }}
          isOptional
        />
        <Field
          name="familyName"
          label="Last name"
          value={values['familyName']}
          error={errors['familyName']}
          {...{ isReadOnly }}
          isOptional
        />
        <Field
          name="email"
          label="E-mail address"
          type="email"
          value={values['email']}
          error={errors['email']}
          hint="Links to set a password go there."
          {...{ isReadOnly }}
          isOptional
        />
        <Field
          name="userName"
          label="User name"
          value={values['userName']}
          error={errors['userName']}
          {...{ isReadOnly }}
        />
      </div>
      {isReadOnly ? null : <Buttons submit="Save" back={`/console/users/${user.id}`} />}
    </form>
  )
}

type PasswordProps = { user: ListedUser; state: FormState; minLength: number }

const PasswordForm = ({ user, state: { values, errors, message }, minLength }: PasswordProps) => (
  <Panel
    title="Set a password"
    lead="All of their sessions end. Better they choose their own: send them a link instead."
  >
    <form method="post" action={`/console/users/${user.id}/password`}>
      {message === undefined ? null : <Alert kind="danger" title={message} />}
      <div class="form-grid">
        <Field
          name="password"
          label="New password"
          type="password"
          error={errors['password']}
          autocomplete="new-password"
          hint={`At least ${minLength} characters.`}
        />
        <Field
          name="repeat"
          label="The same again"
          type="password"
          error={errors['repeat']}
          autocomplete="new-password"
        />
      </div>
      <Check
        name="mustChange"
        label="They choose their own at the next sign-in"
        isChecked={Object.keys(values).length === 0 || values['mustChange'] === 'on'}
      />
      <Buttons submit="Set the password" kind="secondary" />
    </form>
  </Panel>
)
