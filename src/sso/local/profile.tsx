// `/account/profile`: what people say of themselves, and their sign-in address, which a link proves first.

import { type Context, Hono } from 'hono'
import { confirmAddressChange, requestAddressChange } from '#access/accounts/profile/change-address.ts'
import { changeOwnProfile, getOwnProfile, type OwnProfile } from '#access/accounts/profile/own-profile.ts'
import { sendsMail } from '#access/notices/mail/mail-server.ts'
import { requireSameOrigin } from '#http/origin-check.ts'
import { renderPage } from '#http/pages.ts'
import { readForm } from '#http/read-form.ts'
import { requireSession } from '#http/require-session.tsx'
import { ownContext, readSession } from '#http/session.ts'
import { AccountPage } from '#http/ui/account-page.tsx'
import { SubmitButton } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { type FormState, field, PostForm, Refusal } from '#http/ui/form.tsx'
import { emptyForm, refusedForm } from '#http/ui/form-state.ts'
import { Field } from '#http/ui/forms.tsx'
import { useWords } from '#http/ui/reader.tsx'
import { AppError } from '#platform/errors.ts'
import type { CallContext } from '#src/context.ts'
import type { TextKey } from '#words/texts/texts.ts'
import type { LocalEnv, LocalServices } from '../login/shared.tsx'
import { stepUpFirst } from './step-up.tsx'

const home = '/account/profile'

const notices: Record<string, TextKey> = {
  saved: 'profile.saved',
  sent: 'profile.sent',
  kept: 'profile.kept',
  changed: 'profile.changed',
}

/** Mounted at `/account/profile`. */
export function createProfile(services: LocalServices): Hono<LocalEnv> {
  const routes = new Hono<LocalEnv>()
  const sameOrigin = requireSameOrigin({ origin: services.urls.origin })
  const own = [readSession(services), requireSession(services)] as const
  const ctxOf = (c: Context<LocalEnv>): CallContext => ownContext(services, c)

  async function show(c: Context<LocalEnv>, state: FormState | undefined = undefined): Promise<Response> {
    const profile = await getOwnProfile(ctxOf(c))
    const notice = notices[c.req.query('done') ?? '']
    return renderPage(c, <ProfilePage {...{ profile, notice, state }} />, { status: state === undefined ? 200 : 400 })
  }

  routes.get('/', ...own, (c) => show(c))

  routes.post('/', sameOrigin, ...own, async (c) => {
    const { displayName = '', language = '', timeZone = '' } = await readForm(c)
    const values = { displayName, language, timeZone }
    try {
      await changeOwnProfile(ctxOf(c), values)
    } catch (error) {
      return show(c, refusedForm(values, error))
    }
    return c.redirect(`${home}?done=saved`, 303)
  })

  routes.post('/address', sameOrigin, ...own, async (c) => {
    const provesFirst = await stepUpFirst(c, services, home)
    if (provesFirst !== undefined) return provesFirst
    const { email = '' } = await readForm(c)
    try {
      await requestAddressChange(ctxOf(c), { email })
    } catch (error) {
      return show(c, refusedForm({ email }, error))
    }
    return c.redirect(`${home}?done=${(await sendsMail(ctxOf(c))) ? 'sent' : 'kept'}`, 303)
  })

  // Looking at it changes nothing: mail programs open links by themselves.
  routes.get('/address/:token', ...own, async (c) => {
    const profile = await getOwnProfile(ctxOf(c))
    return renderPage(c, <ConfirmPage {...{ profile }} token={c.req.param('token')} />)
  })

  routes.post('/address/:token', sameOrigin, ...own, async (c) => {
    try {
      await confirmAddressChange(ctxOf(c), { token: c.req.param('token') })
    } catch (error) {
      if (error instanceof AppError && error.code === 'not_found')
        return show(c, { ...emptyForm, message: `${error.message}.` })
      return show(c, refusedForm({}, error))
    }
    return c.redirect(`${home}?done=changed`, 303)
  })
  return routes
}

type ProfilePageProps = { profile: OwnProfile; notice: TextKey | undefined; state: FormState | undefined }

const nameOf = ({ displayName, userName }: OwnProfile): string => displayName ?? userName

const ProfilePage = ({ profile, notice, state }: ProfilePageProps) => {
  const words = useWords()
  return (
    <AccountPage section="profile" name={nameOf(profile)} organization={profile.organizationName}>
      {notice === undefined ? null : <Alert kind="success" title={words(notice)} />}
      <Refusal state={state} />
      {profile.directory === null ? (
        <>
          <About {...{ profile, state }} />
          <Address {...{ profile, state }} />
        </>
      ) : (
        <Alert kind="info" title={words('profile.decides', { name: profile.directory.name })}>
          {words('profile.decidesText')}
        </Alert>
      )}
    </AccountPage>
  )
}

type OwnFormProps = { profile: OwnProfile; state: FormState | undefined }

const About = ({ profile: { displayName, language, timeZone }, state = emptyForm }: OwnFormProps) => {
  const known = { displayName: displayName ?? '', language: language ?? '', timeZone: timeZone ?? '' }
  const shown: FormState = { ...state, values: { ...known, ...state.values } }
  const words = useWords()
  return (
    <PostForm action={home} class="panel">
      <h2>{words('profile.about')}</h2>
      <Field
        {...field(shown, 'displayName')}
        label={words('profile.name')}
        autocomplete="name"
        maxlength={200}
        isOptional
      />
      <Field
        {...field(shown, 'language')}
        label={words('profile.language')}
        hint={words('profile.languageHint')}
        isOptional
      />
      <Field {...field(shown, 'timeZone')} label={words('profile.zone')} hint={words('profile.zoneHint')} isOptional />
      <SubmitButton label={words('profile.save')} />
    </PostForm>
  )
}

const Address = ({ profile, state }: OwnFormProps) => {
  const words = useWords()
  const { pendingEmail: pending } = profile
  return (
    <PostForm action={`${home}/address`} class="panel">
      <h2>{words('profile.address')}</h2>
      <p>{profile.email ?? words('profile.noAddress')}</p>
      {pending === null ? null : <p>{words('profile.pending', { email: pending })}</p>}
      {profile.mayChangeEmail && !profile.isEmergencyAccount ? (
        <>
          <Field
            {...field(state, 'email')}
            label={words('profile.newAddress')}
            type="email"
            autocomplete="email"
            hint={words('profile.newAddressHint')}
          />
          <SubmitButton label={words('forgot.send')} />
        </>
      ) : (
        <p>{words('profile.neverChanged')}</p>
      )}
    </PostForm>
  )
}

const ConfirmPage = ({ profile, token }: { profile: OwnProfile; token: string }) => {
  const words = useWords()
  const { pendingEmail: email } = profile
  return (
    <AccountPage section="profile" name={nameOf(profile)} organization={profile.organizationName}>
      <PostForm action={`${home}/address/${encodeURIComponent(token)}`} class="panel">
        <h2>{words('profile.confirm')}</h2>
        <p>{email === null ? words('profile.nothingPending') : words('profile.confirmText', { email })}</p>
        <SubmitButton label={words('newAddress.action')} />
      </PostForm>
    </AccountPage>
  )
}
