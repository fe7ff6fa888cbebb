// The page of `/account/organizations`: where this browser is signed in, where else the person has said that they are known, and the
// way from one to another.
import type { LinkedAccount } from '#access/accounts/links/links.ts'
import type { SessionDescription } from '#access/sign-in/sessions/describe-session.ts'
import { SubmitButton, WideLink } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { KeptFields } from '#http/ui/kept-form.tsx'
import { CardPage } from '#http/ui/page.tsx'

export const organizationsPath = '/account/organizations'

const path = organizationsPath

export const SendAgainPage = ({ kept }: { kept: KeptFields }) => (
  <CardPage title="Send it now?" lead="Nothing has been sent yet. Go on only if it was you who filled this in.">
    <PostForm action={kept.path} hidden={kept.fields}>
      <KeptFields {...kept} names={new Map()} />
      <SubmitButton label="Send it" wide />
    </PostForm>
    <p class="aside">
      <a href="/account">Do nothing</a>
    </p>
  </CardPage>
)

export const loginPath = (returnTo: string | undefined): string =>
  returnTo === undefined ? '/login' : `/login?return_to=${encodeURIComponent(returnTo)}`

export const notices = {
  ended: { kind: 'warning', title: 'That session has ended', text: 'Sign in there again.' },
  linked: { kind: 'success', title: 'The accounts are linked', text: 'Neither organization is told.' },
  unlinked: { kind: 'success', title: 'The accounts are no longer linked', text: 'Sessions go on as they are.' },
  proveThere: {
    kind: 'info',
    title: 'Prove who you are there, too',
    text: 'Switch there, confirm that it is you, and link the accounts within ten minutes.',
  },
} as const

export type NoticeKey = keyof typeof notices

type OrganizationsProps = {
  here: SessionDescription | undefined
  others: readonly SessionDescription[]
  linked: readonly LinkedAccount[]
  returnTo: string | undefined
  notice: NoticeKey | undefined
}

export const OrganizationsPage = ({ here, others, linked, returnTo, notice }: OrganizationsProps) => {
  const shown = notice === undefined ? undefined : notices[notice]
  const signedIn = new Set([here, ...others].map((one) => one?.user.id))
  const elsewhere = linked.filter(({ userId }) => !signedIn.has(userId))
  return (
    <CardPage
      title={returnTo === undefined ? 'Your organizations' : 'Choose an organization'}
      lead="On this device you are signed in at:"
    >
      {shown === undefined ? null : (
        <Alert kind={shown.kind} title={shown.title}>
          {shown.text}
        </Alert>
      )}
      <ul class="ways" aria-label="Organizations">
        {here === undefined ? null : <Choice description={here} isHere returnTo={returnTo} />}
        {others.map((description) => (
          <Choice {...{ description, returnTo }} isHere={false} />
        ))}
        {elsewhere.map((account) => (
          <LinkedChoice {...{ account, returnTo }} />
        ))}
      </ul>
      <p>
        <WideLink href={loginPath(returnTo ?? path)}>Sign in at another organization</WideLink>
      </p>
      {here === undefined || returnTo !== undefined ? null : <Links {...{ here, others, linked }} />}
      {here === undefined && others.length === 0 ? null : (
        <PostForm action={`${path}/sign-out-all`}>
          <button type="submit" class="btn w-100">
            Sign out of all
          </button>
        </PostForm>
      )}
    </CardPage>
  )
}

/** An account without a session here: one is made by this sign-in where its organization takes that, else it wants its own. */
const LinkedChoice = ({ account, returnTo }: { account: LinkedAccount; returnTo: string | undefined }) => {
  const { organizationId, slug, organizationName, userName, isAccepted } = account
  if (isAccepted)
    return (
      <li>
        <PostForm action={`${path}/switch`} hidden={{ organization: organizationId, return_to: returnTo }}>
          <button type="submit" class="btn w-100">
            Switch to {organizationName}, as {userName}
          </button>
        </PostForm>
      </li>
    )
  const query = new URLSearchParams({ organization: slug, ...(returnTo === undefined ? {} : { return_to: returnTo }) })
  return (
    <li>
      <a class="btn w-100" href={`/login?${query}`}>
        Sign in at {organizationName}, as {userName}
      </a>
    </li>
  )
}

type LinksProps = { here: SessionDescription; others: readonly SessionDescription[]; linked: readonly LinkedAccount[] }

/** Which accounts the person says are theirs, too. */
const Links = ({ here, others, linked }: LinksProps) => {
  const known = new Set(linked.map(({ userId }) => userId))
  const open = others.filter(({ user }) => !known.has(user.id))
  if (open.length + linked.length === 0) return null
  return (
    <section aria-labelledby="links-title">
      <h2 id="links-title">Linked accounts</h2>
      <p>
        Linked with your account at {here.organization.name}, others are offered here on every device. No organization
        is told that you have an account elsewhere.
      </p>
      <ul class="ways" aria-labelledby="links-title">
        {linked.map(({ userId, organizationName }) => (
          <li>
            <PostForm action={`${path}/unlink`} hidden={{ user: userId }}>
              <button type="submit" class="btn w-100">
                Unlink {organizationName}
              </button>
            </PostForm>
          </li>
        ))}
        {open.map(({ organization }) => (
          <li>
            <PostForm action={`${path}/link`} hidden={{ organization: organization.id }}>
              <button type="submit" class="btn w-100">
                Link with {organization.name}
              </button>
            </PostForm>
          </li>
        ))}
      </ul>
    </section>
  )
}

type ChoiceProps = { description: SessionDescription; isHere: boolean; returnTo: string | undefined }

/** Where one is already, there is nothing to choose unless an application asks. */
const Choice = ({ description: { organization, user }, isHere, returnTo }: ChoiceProps) => (
  <li>
    {isHere && returnTo === undefined ? (
      <p>
        <strong>{organization.name}</strong>, as {user.displayName ?? user.userName} (now)
      </p>
    ) : (
      <PostForm action={`${path}/switch`}>
        <input type="hidden" name="organization" value={organization.id} />
        {returnTo === undefined ? null : <input type="hidden" name="return_to" value={returnTo} />}
        <button type="submit" class="btn w-100">
          {isHere ? 'Continue at' : 'Switch to'} {organization.name}, as {user.displayName ?? user.userName}
        </button>
      </PostForm>
    )}
  </li>
)
