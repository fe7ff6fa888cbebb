// The page of `/account/organizations`: where this browser is signed in, where else the person has said that they are known, and the
// way from one to another.
import type { LinkedAccount } from '#access/accounts/links/links.ts'
import type { SessionDescription } from '#access/sign-in/sessions/describe-session.ts'
import { SubmitButton, WideLink } from '#http/ui/buttons.tsx'
import { Alert } from '#http/ui/content.tsx'
import { PostForm } from '#http/ui/form.tsx'
import { KeptFields } from '#http/ui/kept-form.tsx'
import { CardPage } from '#http/ui/page.tsx'
import { Say, useWords } from '#http/ui/reader.tsx'

export const organizationsPath = '/account/organizations'

const path = organizationsPath

export const SendAgainPage = ({ kept }: { kept: KeptFields }) => (
  <CardPage title={useWords()('orgs.sendNow')} lead={<Say of="orgs.sendNowLead" />}>
    <PostForm action={kept.path} hidden={kept.fields}>
      <KeptFields {...kept} names={new Map()} />
      <SubmitButton label={<Say of="orgs.send" />} wide />
    </PostForm>
    <p class="aside">
      <a href="/account">
        <Say of="orgs.cancel" />
      </a>
    </p>
  </CardPage>
)

export const loginPath = (returnTo: string | undefined): string =>
  returnTo === undefined ? '/login' : `/login?return_to=${encodeURIComponent(returnTo)}`

export const notices = {
  ended: { kind: 'warning', title: 'orgs.ended', text: 'orgs.endedText' },
  linked: { kind: 'success', title: 'orgs.linked', text: 'orgs.linkedText' },
  unlinked: { kind: 'success', title: 'orgs.unlinked', text: 'orgs.unlinkedText' },
  proveThere: { kind: 'info', title: 'orgs.proveThere', text: 'orgs.proveThereText' },
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
  const words = useWords()
  const elsewhere = linked.filter(({ userId }) => !signedIn.has(userId))
  return (
    <CardPage title={words(returnTo === undefined ? 'orgs.title' : 'orgs.choose')} lead={words('orgs.lead')}>
      {shown === undefined ? null : (
        <Alert kind={shown.kind} title={words(shown.title)}>
          {words(shown.text)}
        </Alert>
      )}
      <ul class="ways" aria-label={words('account.organizations')}>
        {here === undefined ? null : <Choice description={here} isHere returnTo={returnTo} />}
        {others.map((description) => (
          <Choice {...{ description, returnTo }} isHere={false} />
        ))}
        {elsewhere.map((account) => (
          <LinkedChoice {...{ account, returnTo }} />
        ))}
      </ul>
      <p>
        <WideLink href={loginPath(returnTo ?? path)}>{words('orgs.another')}</WideLink>
      </p>
      {here === undefined || returnTo !== undefined ? null : <Links {...{ here, others, linked }} />}
      {here === undefined && others.length === 0 ? null : (
        <PostForm action={`${path}/sign-out-all`}>
          <button type="submit" class="btn w-100">
            {words('orgs.signOutAll')}
          </button>
        </PostForm>
      )}
    </CardPage>
  )
}

/** An account without a session here: one is made by this sign-in where its organization takes that, else it wants its own. */
const LinkedChoice = ({ account, returnTo }: { account: LinkedAccount; returnTo: string | undefined }) => {
  const { organizationId, slug, organizationName: organization, userName: name, isAccepted } = account
  if (isAccepted)
    return (
      <li>
        <PostForm action={`${path}/switch`} hidden={{ organization: organizationId, return_to: returnTo }}>
          <button type="submit" class="btn w-100">
            <Say of="orgs.switch" values={{ organization, name }} />
          </button>
        </PostForm>
      </li>
    )
  const query = new URLSearchParams({ organization: slug, ...(returnTo === undefined ? {} : { return_to: returnTo }) })
  return (
    <li>
      <a class="btn w-100" href={`/login?${query}`}>
        <Say of="orgs.signInAt" values={{ organization, name }} />
      </a>
    </li>
  )
}

type LinksProps = { here: SessionDescription; others: readonly SessionDescription[]; linked: readonly LinkedAccount[] }

/** Which accounts the person says are theirs, too. */
const Links = ({ here, others, linked }: LinksProps) => {
  const known = new Set(linked.map(({ userId }) => userId))
  const open = others.filter(({ user }) => !known.has(user.id))
  const words = useWords()
  if (open.length + linked.length === 0) return null
  return (
    <section aria-labelledby="links-title">
      <h2 id="links-title">{words('orgs.links')}</h2>
      <p>{words('orgs.linksText', { organization: here.organization.name })}</p>
      <ul class="ways" aria-labelledby="links-title">
        {linked.map(({ userId, organizationName }) => (
          <li>
            <PostForm action={`${path}/unlink`} hidden={{ user: userId }}>
              <button type="submit" class="btn w-100">
                {words('orgs.unlink', { organization: organizationName })}
              </button>
            </PostForm>
          </li>
        ))}
        {open.map(({ organization }) => (
          <li>
            <PostForm action={`${path}/link`} hidden={{ organization: organization.id }}>
              <button type="submit" class="btn w-100">
                {words('orgs.link', { organization: organization.name })}
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
const Choice = ({ description: { organization, user }, isHere, returnTo }: ChoiceProps) => {
  const values = { organization: organization.name, name: user.displayName ?? user.userName }
  return (
    <li>
      {isHere && returnTo === undefined ? (
        <p>
          <Say of="orgs.here" values={{ ...values, b: (content) => <strong>{content}</strong> }} />
        </p>
      ) : (
        <PostForm action={`${path}/switch`} hidden={{ organization: organization.id, return_to: returnTo }}>
          <button type="submit" class="btn w-100">
            <Say of={isHere ? 'orgs.continue' : 'orgs.switch'} values={values} />
          </button>
        </PostForm>
      )}
    </li>
  )
}
