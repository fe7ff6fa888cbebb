// What is known of one person: name and addresses where no directory manages them, and a password from an administrator.
import { type Context, Hono } from 'hono'
import { findPolicy } from '#access/accounts/account/account.ts'
import { setUserPassword } from '#access/accounts/passwords/change-password.ts'
import { getListedUser, type ListedUser } from '#access/people/list-users.ts'
import { getEmailChange, updateLocalUser } from '#access/people/local.ts'
import { changedProfile, profileOf } from '#access/people/profile.ts'
import { contentOf } from '#directory/user-content.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { Buttons } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { type FormState, field, PostForm } from '#http/ui/form.tsx'
import { Check, Field } from '#http/ui/forms.tsx'
import { isPermitted, requireFreshProof, requirePermission } from '#src/context.ts'
import { type ConsoleEnv, frameOf } from '../ui/env.ts'
import { emptyForm, filledForm, isRefused, refusedForm } from '../ui/forms.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Panel } from '../ui/parts.tsx'
import { submit } from '../ui/submit.ts'
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
    const [ctx, userId] = [c.get('ctx'), c.req.param('id')]
    const again = async (profile: FormState) =>
      showEdit(c, await getListedUser(ctx, userId), { profile, password: emptyForm })
    return submit(c, { again }, async (form) => {
      await updateLocalUser(ctx, { userId, change: (current) => changedProfile(contentOf(current), form) })
      return `/console/users/${userId}?done=saved`
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

type States = { profile: FormState; password: FormState }

async function showEdit(c: Context<ConsoleEnv>, user: ListedUser, { profile, password }: States): Promise<Response> {
  const frame = frameOf(c)
  const [policy, emailChange] = await Promise.all([findPolicy(frame.ctx), getEmailChange(frame.ctx)])
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
          Name, addresses and status come from there, and are changed there. Roles can be given here all the same.
        </Alert>
      )}
      <ProfileForm user={user} state={profile} hasFixedAddress={emailChange !== 'verified'} />
      {user.directory === null && isPermitted(frame.ctx, 'accounts.write') && user.status === 'active' ? (
        <PasswordForm user={user} state={password} minLength={policy?.passwordMinLength ?? 12} />
      ) : null}
    </ConsolePage>
  )
  return renderPage(c, page, { status: isRefused(profile) || isRefused(password) ? 400 : 200 })
}

type ProfileProps = { user: ListedUser; state: FormState; hasFixedAddress: boolean }

const ProfileForm = ({ user, state, hasFixedAddress }: ProfileProps) => {
  const isReadOnly = user.directory !== null
  const isFixed = isReadOnly || hasFixedAddress
  return (
    <PostForm action={`/console/users/${user.id}/edit`} state={state} class="panel">
      <Field {...field(state, 'displayName')} label="Name" hint="As others see it." {...{ isReadOnly }} isOptional />
      <div class="form-grid">
        <Field {...field(state, 'givenName')} label="First name" {...{ isReadOnly }} isOptional />
        <Field {...field(state, 'familyName')} label="Last name" {...{ isReadOnly }} isOptional />
        <Field
          {...field(state, 'email')}
          label="E-mail address"
          type="email"
          hint={
            hasFixedAddress && !isReadOnly
              ? 'It is not changed in this organization: deactivate them and invite the new address.'
              : 'Links to set a password go there.'
          }
          isReadOnly={isFixed}
          isOptional
        />
        <Field {...field(state, 'userName')} label="User name" isReadOnly={isFixed} />
        <Field {...field(state, 'title')} label="Title" {...{ isReadOnly }} isOptional />
        <Field
          {...field(state, 'department')}
          label="Department"
          hint="What a mapping or a team by filter may go by."
          {...{ isReadOnly }}
          isOptional
        />
      </div>
      {isReadOnly ? null : <Buttons submit="Save" back={`/console/users/${user.id}`} />}
    </PostForm>
  )
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
